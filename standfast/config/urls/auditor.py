"""Which addresses does the auditor process answer?"""

urlpatterns: list[object] = []
