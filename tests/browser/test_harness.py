"""The harness runs what it says, where it says."""


def test_every_environment_is_what_its_name_says(run_modules):
    passed = run_modules("tests/browser/harness/environment.mjs")
    assert "WebAssembly is missing exactly where we say so" in passed
