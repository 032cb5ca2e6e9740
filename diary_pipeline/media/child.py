"""Where the child process of `reader` starts: by this file's path, so that it starts fast and holds no secrets.

The packages stand in for themselves: their own `__init__` would import what a child must not spend its time on.
"""

import sys
from pathlib import Path
from types import ModuleType

MEDIA = Path(__file__).parent

if __name__ == "__main__":
    for name, folder in (("diary_pipeline", MEDIA.parent), ("diary_pipeline.media", MEDIA)):
        sys.modules[name] = package = ModuleType(name)
        package.__path__ = [str(folder)]
    from diary_pipeline.media.worker import main

    main()
