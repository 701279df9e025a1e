"""Holds the bridge's decisions: pure functions over values, without input, output or clock."""
