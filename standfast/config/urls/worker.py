"""Which addresses does the worker process answer?"""

urlpatterns: list[object] = []
