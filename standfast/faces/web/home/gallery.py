"""How does every component look in every state? Made-up people and places, for pictures and for comparison."""

from datetime import datetime, timedelta

from standfast.faces.screens.parts import (
    Agreement,
    Band,
    BandState,
    DutyRow,
    Evidence,
    Match,
    Prompt,
    PromptAnswer,
    QueueRow,
    Reason,
    TimelineRow,
    Why,
)
from standfast.faces.screens.times import Countdown, count_down, met, paused
from standfast.foundation.kernel.choices import Answer

RISKS = [("immediate", "Immediate"), ("high", "High"), ("medium", "Medium"), ("standard", "Standard")]
GRADES = ["Immediate", "Priority", "Routine", "Scheduled", "Resolved"]
CHANNELS = [("999", "999"), ("101", "101"), ("chat", "Chat"), ("online", "Online"), ("counter", "Counter")]


def every_state(*, now: datetime) -> dict[str, object]:
    """Return what the gallery shows."""
    return {
        "risks": RISKS,
        "grades": GRADES,
        "channels": CHANNELS,
        "clocks": _clocks(now),
        "bands": _bands(),
        "matches": _matches(),
        "why": _why(),
        "prompt": _prompt(),
        "duties": _duties(now),
        "timeline": _timeline(),
        "rows": _rows(now),
    }


def _clocks(now: datetime) -> list[Countdown]:
    return [
        count_down(now + timedelta(minutes=11, seconds=58), now=now),
        count_down(now + timedelta(seconds=58), now=now, warn_at=now - timedelta(minutes=1)),
        count_down(now - timedelta(minutes=5, seconds=20), now=now),
        met(now, met_at=now - timedelta(seconds=3), starts_at=now - timedelta(seconds=10)),
        met(now - timedelta(seconds=54), met_at=now, starts_at=now - timedelta(minutes=2)),
        paused("lab result"),
        count_down(now + timedelta(hours=23), now=now),
        count_down(now + timedelta(days=19), now=now),
    ]


def _bands() -> list[Band]:
    return [
        Band(
            name="999",
            state=BandState.OK,
            state_word="Inside aim",
            figure="92.4%",
            measure="in 10 s · aim 90%",
            shares=(92, 5, 2, 1),
            offered="61 offered · longest 24 s",
            waiting="0 waiting",
        ),
        Band(
            name="101",
            state=BandState.WARN,
            state_word="Giving up above 5%",
            figure="3:12",
            measure="median wait · 6.8% gave up",
            shares=(41, 22, 24, 13),
            offered="88 offered · longest 11:40",
            waiting="6 waiting",
        ),
    ]


def _matches() -> list[Match]:
    agrees, differs, unknown = Agreement.AGREES, Agreement.DIFFERS, Agreement.NOT_KNOWN
    return [
        Match(
            name="Margaret Tideswell, 71",
            level="Certain",
            pips=3,
            evidence=[Evidence(agreement=agrees, text="number 07700 900418"), Evidence(agreement=agrees, text="name")],
            note="Neighbour. Safe to call back.",
        ),
        Match(
            name="Joanne Hassall, 38",
            level="Probable",
            pips=2,
            evidence=[Evidence(agreement=agrees, text="address"), Evidence(agreement=unknown, text="date of birth")],
            warning="Do not ring: the telephone may be watched.",
        ),
        Match(
            name="Darren Hassall, 41",
            level="Possible",
            pips=1,
            evidence=[Evidence(agreement=agrees, text="household"), Evidence(agreement=differs, text="age heard")],
        ),
    ]


def _why() -> Why:
    return Why(
        reasons=[
            Reason(sign="1", text="Violence now, people at risk inside", source="row RG2"),
            Reason(sign="+", text="“went back in with something”", source="words", words=["went back in"]),
        ],
        changes=[
            Reason(sign="↑", text="Weapon confirmed: firearms advice at once", source="ask 1"),
            Reason(sign="↓", text="Lower: look again, reason and supervisor"),
        ],
        foot="Edition of 1 April 2026 · nearest not met: RG3, suspect held",
    )


def _prompt() -> Prompt:
    keys = zip(Answer, "123", strict=True)
    return Prompt(
        name="inside",
        ask="Is he inside the house?",
        because="hes got a key",
        words=["hes got a key"],
        risk="high",
        answers=[PromptAnswer(label=answer.label, value=answer.value, key=key) for answer, key in keys],
    )


def _duties(now: datetime) -> list[DutyRow]:
    return [
        DutyRow(
            title="Officer to ring about the order",
            countdown=count_down(now - timedelta(days=1), now=now),
            note="Made 9 March by PC Rudge",
        ),
        DutyRow(title="Lab result, shop theft", countdown=paused("by DC Cope"), note="Looked at again 20 March"),
        DutyRow(title="Attend, grade 1 urban", countdown=count_down(now + timedelta(minutes=12), now=now)),
    ]


def _timeline() -> list[TimelineRow]:
    return [
        TimelineRow(time="21:46:51", title="13 Mar 2026 21:46:51 GMT", icon="i-dot", text="Preview to dispatch"),
        TimelineRow(
            time="21:45:58", title="13 Mar 2026 21:45:58 GMT", icon="i-immediate", text="Risk set to Immediate"
        ),
        TimelineRow(
            time="21:44:07", title="13 Mar 2026 21:44:07 GMT", icon="i-ontime", text="Number checked", quiet=True
        ),
    ]


def _rows(now: datetime) -> list[tuple[QueueRow, str]]:
    made = [
        (
            "immediate",
            "Immediate",
            "“he’s outside again”, two children",
            "Words: outside, again · 3rd in 7 days",
            "chat",
        ),
        ("high", "High", "Ex-partner has tracked my car", "Words: tracker, ex · same suspect twice", "online"),
        ("medium", "Medium", "Purse taken at market, caller aged 82", "Over 75 and alone · card used", "101"),
        ("standard", "Standard", "Found dog, Weaver’s End", "Council warden route open", "101"),
    ]
    limits = [-54, 482, 192, 1680]
    return [
        (
            QueueRow(
                key=f"row-{rank}",
                href="#",
                rank=rank,
                risk=risk,
                what=what,
                why=why,
                channel=channel,
                channel_label=channel.capitalize(),
                waiting="1:54",
                countdown=count_down(now + timedelta(seconds=limit), now=now, warn_at=now if 0 < limit < 300 else None),
                duty="first reply",
                owner="R. Salt" if rank == 3 else "",
                selected=rank == 1,
            ),
            label,
        )
        for rank, ((risk, label, what, why, channel), limit) in enumerate(zip(made, limits, strict=True), start=1)
    ]
