"""The courier: carries cells and documents between the servers and a pouch.

It runs on a computer that is assumed compromised, so it holds no key of any
cell and believes nothing that it reads: not the stick, not the server.  Of
`crypto` it imports parsing only.

    connection   HTTP: bounded answers, retries, coded refusals; the session at the desk
    route        by which proxy, over which of Tor's paths
    login        passphrase and code; who is asked for them, and when again
    destination  what the stick says of where a trip leads
    pull         desk -> pouch          push     pouch -> desk
    trip         one push and one pull, in the order that serves lawyers
    journey      a trip from its first question to its last word
    face         what a person sees of it: terminal_face, window
    deliver      sealed file -> intake  fetch    intake -> directory and board
    cli          the program `buzon-courier`; its commands: trip_cli, step_cli
"""
