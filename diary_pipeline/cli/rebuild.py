"""The command `rebuild`."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from diary_pipeline.cli.output import emit, err, print_text
from diary_pipeline.cli.session import OK, SOME_FAILED, Json, load_settings, opened


def rebuild(
    force: Annotated[
        bool, typer.Option("--force", help="Also where there is a catalog; its file is kept beside the new one.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make the catalog anew from the documents in the home and the store. Costs and run ids are lost."""
    from diary_pipeline import pipeline
    from diary_pipeline.catalog.replacement import replacing
    from diary_pipeline.views.refresh import refresh

    settings, kept = load_settings(), None
    if force:
        with replacing(settings.catalog_url, settings.catalog_timeout_seconds) as new:
            kept = None if new.kept is None else str(new.kept)
            with opened(settings.model_copy(update={"catalog": new.url})) as diary:
                found = pipeline.rebuild(diary)
    else:
        with opened(settings) as diary:
            found = pipeline.rebuild(diary)
    with opened(settings) as diary:
        refresh(diary)
    value = {**asdict(found), "kept": kept}
    emit(value, as_json, lambda: _print(value))
    raise typer.Exit(SOME_FAILED if found.unreadable or found.contradicting else OK)


def _print(value: dict[str, Any]) -> None:
    print_text(f"recordings={value['recordings']} pages={value['pages']}")
    if value["kept"]:
        print_text(f"The old catalog is {value['kept']}.")
    troubles = {
        "unreadable": "It is damaged and was left out. Put it back from a backup and run `diary rebuild --force`.",
        "contradicting": "It has the same file or bytes as another one, or repeats one that is missing; left out.",
        "unknown_audio": "No document says whose audio it is. Copy it into the inbox to have it in the diary.",
    }
    for name, advice in troubles.items():
        for one in value[name]:
            err().print(f"{one}: {advice}", markup=False)
