"""As whom does somebody act who may log in to the server and run commands there?"""

import getpass

from standfast.foundation.people.access import operator

OPERATOR = operator(getpass.getuser())
