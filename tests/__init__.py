"""Every promise has a test that fails when it breaks."""
