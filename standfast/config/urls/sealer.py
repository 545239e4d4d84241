"""Which addresses does the sealer process answer?"""

urlpatterns: list[object] = []
