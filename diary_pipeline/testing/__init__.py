"""Fakes of the speech engine and of providers, for tests of a whole pipeline; they implement the real ports.

Each is passed to `bootstrap.open_diary` in place of the real engine or router.
"""

from diary_pipeline.testing.decoder import CountingDecoder, CountingEngine
from diary_pipeline.testing.engine import Script, ScriptedEngine
from diary_pipeline.testing.provider import ScriptedProvider

__all__ = ["CountingDecoder", "CountingEngine", "Script", "ScriptedEngine", "ScriptedProvider"]
