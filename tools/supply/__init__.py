"""Tells what the bridge is delivered with, from the lock: a bill of materials, licences, known vulnerabilities."""
