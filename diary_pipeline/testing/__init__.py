"""Stand-ins for the slow and the paid, for tests and rehearsals of a whole pipeline; they implement the real ports.

Nothing here patches real code. Each is handed to `bootstrap.open_diary` in place of the real engine or router.
"""

from diary_pipeline.testing.decoder import CountingDecoder, CountingEngine
from diary_pipeline.testing.engine import Script, ScriptedEngine
from diary_pipeline.testing.provider import ScriptedProvider

__all__ = ["CountingDecoder", "CountingEngine", "Script", "ScriptedEngine", "ScriptedProvider"]
