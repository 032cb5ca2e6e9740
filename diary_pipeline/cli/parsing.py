"""How arguments are read: `-1` is a day where one is asked for, and what is missing is said in a sentence."""

import re
from typing import Any

import typer
from typer.core import TyperCommand

from diary_pipeline.errors import UserError

_DAYS_AGO = re.compile(r"-\d{1,4}")
_MINUS = "\N{MINUS SIGN}"


class Command(TyperCommand):
    """A command that takes `-1`, `-2` and so on as an argument and not as an option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments.

        Raises:
            UserError: one is missing.
        """
        takes_value = {name for option in self.params if not getattr(option, "is_flag", True) for name in option.opts}
        read = [
            argument.replace("-", _MINUS) if _DAYS_AGO.fullmatch(argument) and before not in takes_value else argument
            for before, argument in zip(["", *args], args, strict=False)
        ]
        try:
            return list(super().parse_args(ctx, read))
        except typer.BadParameter as error:
            if type(error).__name__ != "MissingParameter" or error.param is None:  # the class has no public name
                raise
            name = getattr(error.param, "metavar", None) or str(error.param.name).upper()
            about = getattr(error.param, "help", None) or ""
            raise UserError(f"`{ctx.command_path}` needs {name}. {about}") from error
