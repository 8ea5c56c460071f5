"""The CCOC console: no frame without a grant, no lie on the wall, no entry lost."""
