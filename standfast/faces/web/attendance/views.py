"""How long did attendances take, and why? And do grades follow the facts?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from standfast.faces.screens.asking import actor, may_open
from standfast.faces.web.attendance import pages
from standfast.faces.web.attendance.asked import Asked, read_asked
from standfast.faces.web.links import CONTACT_PAGE
from standfast.foundation.kernel import clock, days


def attendance(request: HttpRequest) -> HttpResponse:
    """Show the figures of a period, and into which causes the minutes fell."""
    page = pages.attendance_page(_asked(request), by=actor(request), now=clock.now())
    shown = {"page": page, "may_watch": may_open(request, "attendance:grades")}
    return render(request, "attendance/attendance.html", shown)


def incidents(request: HttpRequest) -> HttpResponse:
    """List the incidents behind a figure."""
    may_see = may_open(request, "incidents:incident")
    page = pages.attendance_list(_asked(request), request.GET, by=actor(request), now=clock.now(), may_see=may_see)
    return render(request, "attendance/incidents.html", {"page": page, "may_see": may_see})


def grades(request: HttpRequest) -> HttpResponse:
    """Show downgrades without a new fact, and what grades are found to drift with."""
    shown = pages.watch_page(_asked(request), by=actor(request))
    return render(request, "attendance/grades.html", {"page": shown, "may_see": may_open(request, CONTACT_PAGE)})


def _asked(request: HttpRequest) -> Asked:
    return read_asked(request.GET, today=days.london_day(clock.now()))
