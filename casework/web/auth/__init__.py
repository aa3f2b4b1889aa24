"""Signing in, passwords, second factors, tokens."""
