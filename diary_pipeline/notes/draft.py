"""A note's content, before it becomes a document with its provenance."""

from diary_pipeline.schema import DiaryNote, Findings, Provenance, Statement, Unsupported


class Draft(Findings):
    """A note without recording, writer and provenance. The fields are those of `DiaryNote`."""

    title: str = ""
    statements: tuple[Statement, ...] = ()
    mood: str | None = None
    highlights: tuple[Statement, ...] = ()
    also_said: tuple[Statement, ...] = ()
    unsupported: tuple[Unsupported, ...] = ()

    def note(self, recording: str, writer: str, provenance: Provenance) -> DiaryNote:
        """The draft as a document."""
        return DiaryNote(
            recording=recording,
            writer=writer,
            provenance=provenance,
            **{name: getattr(self, name) for name in type(self).model_fields},
        )
