"""Which answers can be chosen on the online report? Plain words first: these labels are what people read, and what staff see."""

from standfast.foundation.kernel.choices import Choice


class Device(Choice):
    """Whether it is safe to write on this device."""

    YES = "yes", "Yes"
    SHORT = "short", "Yes, but only for a short time"
    NO = "no", "No, or I am not sure"


class Now(Choice):
    """Whether it is happening now. No answer is never read as no."""

    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_KNOWN = "not_known", "I am not sure"


class Topic(Choice):
    """What it is about, as the person would say it."""

    HARM = "harm", "Someone was hurt, threatened or made afraid"
    CANNOT_FIND = "cannot_find", "I cannot find someone, or I am worried about them"
    TAKEN = "taken", "Something was taken or broken into"
    DAMAGE = "damage", "Something was damaged"
    MONEY = "money", "Money, a scam or an online account"
    NEIGHBOURHOOD = "neighbourhood", "Trouble or nuisance where I live"
    ROAD = "road", "Driving, parking or a collision"
    KNOWN = "known", "Something I saw or know"
    ELSE = "else", "Something else"


class Reach(Choice):
    """Whether the person may be contacted."""

    YES = "yes", "Yes"
    ONLY_SO = "only_so", "Only in the way I say here"
    NO = "no", "No, do not contact me"
