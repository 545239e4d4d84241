"""What is a matter mainly about, where another agency may be the one to lead?"""

from standfast.foundation.kernel.choices import Choice


class Need(Choice):
    """The needs a partner agency can serve; `none` when no other agency leads on the matter."""

    NONE = "none", "Nothing another agency leads on"
    MEDICAL = "medical", "Injury, illness, overdose or collapse"
    MENTAL_HEALTH_CRISIS = "mental_health_crisis", "Mental-health crisis, no immediate danger"
    WELFARE_CHECK = "welfare_check", "Worry for somebody's welfare"
    CHILD_SAFEGUARDING = "child_safeguarding", "A child who may need protection"
    ADULT_SAFEGUARDING = "adult_safeguarding", "An adult with care needs at risk"
    NOISE = "noise", "Noise"
    ENVIRONMENT = "environment", "Fly-tipping, litter, stray dog, abandoned vehicle"
    LICENSING = "licensing", "Licensed premises"
    PERSISTENT_ASB = "persistent_asb", "Persistent anti-social behaviour"
    PARKING = "parking", "Parking, no obstruction of an emergency"
    HIGHWAYS = "highways", "Road fault, lights, debris"
    CIVIL_DISPUTE = "civil_dispute", "Neighbour, landlord, boundary or contract dispute"
    HOUSING = "housing", "Housing conditions or tenancy"
    HOMELESSNESS = "homelessness", "Homelessness"
    ANIMAL_WELFARE = "animal_welfare", "Cruelty to an animal, injured animal"
    FRAUD = "fraud", "Fraud or cyber crime"
    TRADING = "trading", "Rogue trader, unsafe or misdescribed goods"
    DOMESTIC_ABUSE_SUPPORT = "domestic_abuse_support", "Support after domestic abuse"
    SEXUAL_VIOLENCE_SUPPORT = "sexual_violence_support", "Support after sexual violence"
    VICTIM_SUPPORT = "victim_support", "Support for a victim or a bereaved person"
