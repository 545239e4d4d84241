"""`standfast people`: how does the first person get an account?"""

from typing import Annotated

import typer

from standfast.cli.connecting import connect
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.errors import Refusal

people = typer.Typer(help="Accounts. After the first administrator, use the pages.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(people, name="people")


@people.command("add")
def add(
    username: str,
    name: Annotated[str, typer.Option(help="Full name")],
    role: Annotated[list[str], typer.Option(help="One or more roles, such as administrator")],
) -> None:
    """Give a person an account and print the one-time code with which they set a password."""
    connect(role="staff")
    from standfast.cli.operator import OPERATOR
    from standfast.foundation.people import operations
    from standfast.foundation.people.roles import Role

    known = {each.value for each in Role}
    if unknown := set(role) - known:
        raise Refusal(f"{min(unknown)} is no role; one of {', '.join(sorted(known))} was expected.")
    new = operations.NewStaffMember(username=username, name=name, roles=frozenset(Role(each) for each in role))
    member = operations.add_staff_member(new=new, by=OPERATOR, now=clock.now())
    code = operations.invite_again(username=member.username, reason="First sign-in", by=OPERATOR, now=clock.now())
    typer.echo(code)
