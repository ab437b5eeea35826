"""The courier: carries cells and documents between the servers and a pouch.

It runs on a computer that is assumed compromised, so it holds no key of any
cell and believes nothing that it reads: not the stick, not the server.  Of
`crypto` it imports parsing only.

    connection  HTTP: bounded answers, retries, coded refusals
    pull        desk -> pouch          push     pouch -> desk
    deliver     sealed file -> intake  fetch    intake -> directory and board
    cli         the program `buzon-courier`
"""
