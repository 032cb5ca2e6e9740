"""What a whole run did: the reports of its stages in one."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from diary_pipeline.schema import Stage
from diary_pipeline.work import Fault, Report


@dataclass
class Summary:
    """What a whole run did. `days` are those whose page was composed.

    `conflicts` are those on their pages, which a person has to merge; `notices` say what else a person should know.
    """

    attempts: int = 0
    ingested: int = 0
    transcribed: int = 0
    written: int = 0
    days: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    conflicts: int = 0
    notices: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, *reports: Report) -> Self:
        """The reports of one run; a stage may have several, the last is of pages."""
        done: dict[Stage, list[str]] = defaultdict(list)
        for report in reports:
            done[report.stage] += report.done
        return cls(
            attempts=sum(report.attempts for report in reports),
            ingested=len(done["ingest"]),
            transcribed=len(done["transcribe"]),
            written=len(done["write"]),
            days=sorted(set(done["compose"])),
            faults=[fault for report in reports for fault in report.faults],
            conflicts=reports[-1].about["conflicts"],
            notices=[*_models(reports), *_unwritten(reports), *reports[-1].about["notices"]],
        )

    @property
    def failed(self) -> int:
        """How many recordings and pages ended with a fault."""
        return len({fault.subject for fault in self.faults})


def _models(reports: Sequence[Report]) -> list[str]:
    """What a person should know about the speech model, once."""
    return list(dict.fromkeys(report.about["model"] for report in reports if "model" in report.about))


def _unwritten(reports: Sequence[Report]) -> list[str]:
    """A sentence for each reason why notes of the run have the speaker's own words."""
    reasons: Counter[str] = Counter()
    for report in reports:
        reasons.update(report.about.get("unwritten", {}))
    return [f"Without a model's words: {count} of the run's notes ({reason})." for reason, count in reasons.items()]
