"""By which strands is vulnerability named?"""

from standfast.foundation.kernel.choices import Choice


class Strand(Choice):
    """The settled strand codes."""

    CHILD_ABUSE = "child_abuse", "Child abuse or neglect"
    CHILD_SEXUAL_EXPLOITATION = "child_sexual_exploitation", "Child sexual exploitation"
    DOMESTIC_ABUSE = "domestic_abuse", "Domestic abuse"
    STALKING_HARASSMENT = "stalking_harassment", "Stalking or harassment"
    HONOUR_BASED_ABUSE = "honour_based_abuse", "Honour-based abuse"
    FORCED_MARRIAGE = "forced_marriage", "Forced marriage"
    FEMALE_GENITAL_MUTILATION = "female_genital_mutilation", "Female genital mutilation"
    MODERN_SLAVERY = "modern_slavery", "Modern slavery"
    ADULT_AT_RISK = "adult_at_risk", "Adult at risk"
    MISSING_PERSON = "missing_person", "Missing person"
    ADULT_SEXUAL_EXPLOITATION = "adult_sexual_exploitation", "Adult sexual exploitation"
    SERIOUS_SEXUAL_OFFENCE = "serious_sexual_offence", "Serious sexual offence"
    SEXUAL_VIOLENT_OFFENDER = "sexual_violent_offender", "Sexual or violent offender"
    MENTAL_HEALTH = "mental_health", "Mental ill-health"
    SUICIDE_SELF_HARM = "suicide_self_harm", "Suicide or self-harm"
    HATE_CRIME = "hate_crime", "Hate crime"
    SERIOUS_VIOLENCE = "serious_violence", "Serious violence"
    CRIMINAL_EXPLOITATION = "criminal_exploitation", "Criminal exploitation"
    VULNERABLE_FRAUD_VICTIM = "vulnerable_fraud_victim", "Vulnerable fraud victim"
    RADICALISATION = "radicalisation", "Radicalisation"
    HOMELESSNESS = "homelessness", "Homelessness"
    SUBSTANCE_USE = "substance_use", "Substance use"
    REPEAT_VICTIM = "repeat_victim", "Repeat victim"
    CARER_STRAIN = "carer_strain", "Carer under strain"
    VULNERABLE_ASB = "vulnerable_asb", "Vulnerable victim of anti-social behaviour"


NEVER_BELOW_PRIORITY = frozenset(
    {
        Strand.CHILD_ABUSE,
        Strand.CHILD_SEXUAL_EXPLOITATION,
        Strand.DOMESTIC_ABUSE,
        Strand.STALKING_HARASSMENT,
        Strand.HONOUR_BASED_ABUSE,
        Strand.FORCED_MARRIAGE,
        Strand.FEMALE_GENITAL_MUTILATION,
        Strand.MODERN_SLAVERY,
        Strand.MISSING_PERSON,
        Strand.SERIOUS_SEXUAL_OFFENCE,
        Strand.SUICIDE_SELF_HARM,
        Strand.HATE_CRIME,
        Strand.SERIOUS_VIOLENCE,
    }
)
"""Strands that keep a contact at priority while the risk goes on, or while nobody knows that it does not."""
