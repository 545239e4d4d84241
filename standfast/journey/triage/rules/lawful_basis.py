"""On what legal basis is something shared with a partner agency?"""

from standfast.foundation.kernel.choices import Choice


class LawfulBasis(Choice):
    """The bases an officer can name. Consent is not needed, and often wrong, where safety or a crime is the reason."""

    PUBLIC_TASK = "public_task", "Public task (UK GDPR Art 6(1)(e))"
    LEGAL_OBLIGATION = "legal_obligation", "Legal obligation (UK GDPR Art 6(1)(c))"
    VITAL_INTERESTS = "vital_interests", "Vital interests (UK GDPR Art 6(1)(d))"
    CONSENT = "consent", "Consent (UK GDPR Art 6(1)(a))"
    SAFEGUARDING = "safeguarding", "Safeguarding (UK GDPR Art 9(2)(g), DPA 2018 Sch 1 para 18)"
    LAW_ENFORCEMENT = "law_enforcement", "Law enforcement (DPA 2018 Part 3)"
    CRIME_AND_DISORDER = "crime_and_disorder", "Crime and Disorder Act 1998 s.115"


class SharedField(Choice):
    """The facts of a contact that can be shared; nothing else ever is."""

    CALLER_NAME = "caller_name", "Caller's name"
    CALLER_PHONE = "caller_phone", "Caller's number"
    SAFE_TO_CALL = "safe_to_call", "Whether it is safe to call"
    CALLER_RELATION = "caller_relation", "Who the caller is to the person"
    PLACE = "place_text", "Where"
    WORDS = "words", "What was said"
    KIND = "kind", "What it is about"
    RISK = "risk", "Risk"
    FIRST_CONTACT_AT = "first_contact_at", "When the person first got in touch"
    STRANDS = "strands", "Vulnerability seen"
