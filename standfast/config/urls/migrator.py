"""Which addresses does the migrator process answer?"""

urlpatterns: list[object] = []
