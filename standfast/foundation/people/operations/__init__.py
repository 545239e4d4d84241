"""What can be done to accounts: by an administrator, by the person, and by signing in."""

from standfast.foundation.people.operations.accounts import (
    NewStaffMember,
    add_staff_member,
    add_team,
    change_roles,
    disable_account,
    enable_account,
)
from standfast.foundation.people.operations.consulting import NothingAsked, consult_event_log
from standfast.foundation.people.operations.installation import note_installation
from standfast.foundation.people.operations.invitations import accept_invitation, invite_again, set_password
from standfast.foundation.people.operations.sign_in import note_factor_change, note_refusal, note_sign_in

__all__ = [
    "NewStaffMember",
    "NothingAsked",
    "accept_invitation",
    "add_staff_member",
    "add_team",
    "change_roles",
    "consult_event_log",
    "disable_account",
    "enable_account",
    "invite_again",
    "note_factor_change",
    "note_installation",
    "note_refusal",
    "note_sign_in",
    "set_password",
]
