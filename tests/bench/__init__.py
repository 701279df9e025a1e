"""Tests of the bench: what it tells of a version must be true."""
