#!/bin/sh
# Starts one trip of the pouch: the one beside this file, else the first one plugged in.
set -u

tell() { # tell SPANISH-AND-ENGLISH
    if command -v zenity >/dev/null 2>&1; then
        zenity --error --no-markup --title=Buzón --text="$1"
    else
        printf '%s\n' "$1" >&2
    fi
    exit 1
}

here=$(cd "$(dirname "$0")" && pwd) || exit 1
pouch=
for folder in "$here" "/media/$(id -un)"/* "/media/$(id -un)"/*/* "/run/media/$(id -un)"/* "/run/media/$(id -un)"/*/*; do
    if [ -f "$folder/POUCH" ]; then
        pouch=$folder
        break
    fi
done
[ -n "$pouch" ] || tell "No se encuentra la memoria.  Conéctela y empiece otra vez.
The stick is not found.  Plug it in and start again."

program=
for each in "$(command -v buzon-courier)" "$HOME/Persistent/buzon/bin/buzon-courier" "$HOME/.local/bin/buzon-courier"; do
    if [ -n "$each" ] && [ -x "$each" ]; then
        program=$each
        break
    fi
done
[ -n "$program" ] || tell "Falta el programa buzon-courier en esta computadora.
The program buzon-courier is not on this computer."

# Without windows the trip needs a terminal to ask in.
if command -v zenity >/dev/null 2>&1 || [ -t 0 ]; then
    exec "$program" window "$pouch"
fi
exec x-terminal-emulator -e "$program" window "$pouch"
