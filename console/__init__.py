"""The CCOC console: no frame without a grant, no lie on the wall, no entry lost."""

from typing import Final

__version__: Final = "0.1.0"
