"""The frozen editions, one file each."""
