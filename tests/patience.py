"""How long a test waits for what it means, before it is called one that hangs: a busy machine takes
many times as long as a quiet one."""

LIMIT_S = 240.0
LIMIT_MS = 240_000
