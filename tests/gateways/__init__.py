"""A real gateway program (LiteLLM's proxy) on loopback, and Rushes against it."""
