"""Pretended gateways: the programs that stand between a user and the services (contract 9-11)."""
