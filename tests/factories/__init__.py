"""How the tests make what they need: one module a capability, `tests/factories/<package>.py`.

A factory is a plain function with keyword arguments and sensible defaults. It writes through the
capability's own operations (never around its rules), flushes, and returns the row or a small
value with the ids a test needs. People carry names and roles (`王老师(演示)`, operator of the
school), not numbers. Factories never commit: the test's transaction is rolled back at its end.
"""
