"""Sentences: what each error code means to a witness, a lawyer, a director or an operator.

One table for all programs: what happened, what was not sent or lost, what to do
next, without jargon.  Every error class of the project has its code here, and
only those; a test compares.  Anybody may depend on this module.
"""

from typing import NamedTuple

from crypto.wordlist import Language


class Sentence(NamedTuple):
    """The same thing said in Spanish and in English."""

    es: str
    en: str


# For a code that a server invented.
UNFORESEEN = Sentence(
    "Algo imprevisto salió mal.  Vuelva a intentarlo más tarde.",
    "Something unforeseen went wrong.  Try again later.",
)

_LAWYERS_LIST_ES = "No se envió nada.  Espere y vuelva a intentarlo; si sigue así, avise a la organización por otro medio."
_LAWYERS_LIST_EN = (
    "Nothing was sent.  Wait and try again; if it stays so, tell the organisation by another way."
)

SENTENCES: dict[str, Sentence] = {
    # ------------------------------------------------------------ the phrase
    "phrase-length": Sentence(
        "La frase tiene doce palabras.  Cuéntelas y escríbalas otra vez, separadas por espacios.",
        "The phrase has twelve words.  Count them and write them again, with spaces between.",
    ),
    "phrase-word": Sentence(
        "Algunas palabras no están en la lista.  Revise cómo están escritas.",
        "Some words are not in the list.  Check how they are spelled.",
    ),
    "phrase-checksum": Sentence(
        "Estas doce palabras no forman una frase.  Revise si una está cambiada o en otro lugar.",
        "These twelve words do not make a phrase.  Check whether one is wrong or out of place.",
    ),
    # ------------------------------------------------------------ signed documents
    "document-malformed": Sentence(
        "El documento está dañado o no es de este programa.  No se usó nada de él.  Consígalo otra vez.",
        "The document is damaged or not of this program.  Nothing of it was used.  Get it again.",
    ),
    "document-type": Sentence(
        "Este es un documento de otra clase.  No se usó nada de él.  Elija el que corresponde.",
        "This is a document of another kind.  Nothing of it was used.  Choose the right one.",
    ),
    "document-signatures": Sentence(
        "Faltan firmas en este documento, o no valen.  No se usó nada de él.  Pídalo otra vez a quien lo firma.",
        "Signatures are missing on this document, or not valid.  Nothing of it was used.  Ask those who sign it again.",
    ),
    "signature": Sentence(
        "Una firma no vale.  No se usó lo que decía estar firmado.",
        "A signature is not valid.  What it claimed to sign was not used.",
    ),
    "signature-key": Sentence(
        "Una clave para comprobar firmas no sirve.  Pida a su dueño una nueva.",
        "A key for checking signatures is unusable.  Ask its owner for a new one.",
    ),
    # ------------------------------------------------------------ trust, roster, card
    "trust-chain": Sentence(
        "Este documento de directores no sigue al que usted tiene.  Se conserva el que tiene.  Compare por voz las doce palabras de ambos.",
        "This list of directors does not follow the one you hold.  The one you hold stays.  Compare the twelve words of both by voice.",
    ),
    "previous-trust-needed": Sentence(
        "La lista de abogados anterior la firmaron los directores de antes.  No se hizo nada.  Diga también quiénes eran, con --previous-trust.",
        "The list of lawyers before was signed by the directors before.  Nothing was made.  Say who they were too, with --previous-trust.",
    ),
    "roster-trust": Sentence(
        f"La lista de abogados fue hecha bajo otros directores.  {_LAWYERS_LIST_ES}",
        f"The list of lawyers was made under other directors.  {_LAWYERS_LIST_EN}",
    ),
    "roster-signatures": Sentence(
        f"La lista de abogados no está firmada por suficientes directores: alguien pudo haberla cambiado.  {_LAWYERS_LIST_ES}",
        f"The list of lawyers is not signed by enough directors: somebody may have changed it.  {_LAWYERS_LIST_EN}",
    ),
    "roster-not-yet": Sentence(
        "La lista de abogados es de un día que aún no llega según su reloj.  No se envió nada.  Revise la fecha de su dispositivo.",
        "The list of lawyers is of a day that your clock has not reached.  Nothing was sent.  Check the date of your device.",
    ),
    "roster-expired": Sentence(
        "La lista de abogados ya venció.  No se envió nada.  Revise la fecha de su dispositivo; si es correcta, espere a que los directores firmen una nueva.",
        "The list of lawyers has expired.  Nothing was sent.  Check the date of your device; if it is right, wait until the directors sign a new one.",
    ),
    "roster-rollback": Sentence(
        "Esta lista de abogados es más antigua que la conocida.  Se conserva la conocida.  Pregunte a los directores cuál vale.",
        "This list of lawyers is older than the known one.  The known one stays.  Ask the directors which one holds.",
    ),
    "roster-fork": Sentence(
        "Hay dos listas de abogados con el mismo número.  Se conserva la conocida.  Avise a los directores de inmediato.",
        "There are two lists of lawyers with the same number.  The known one stays.  Tell the directors at once.",
    ),
    "contradiction-unknown": Sentence(
        "Ninguna contradicción tiene ese identificador, o más de una empieza así.  No se cambió nada.  Cópielo de `rosters`.",
        "No contradiction has this id, or more than one begins so.  Nothing was changed.  Copy it from `rosters`.",
    ),
    "roster-chain": Sentence(
        "Esta lista de abogados no sigue a la conocida: falta una entre ellas.  Se conserva la conocida.  Pida a los directores la que falta.",
        "This list of lawyers does not follow the known one: one between them is missing.  The known one stays.  Ask the directors for it.",
    ),
    "card-keys": Sentence(
        "Las claves semanales no son todas de quien dice la ficha, una está repetida o no sirve.  No se agregó nada.  Pida una ficha nueva.",
        "The weekly keys are not all of the lawyer that the card names, or one is there twice or useless.  Nothing was added.  Ask for a new card.",
    ),
    # ------------------------------------------------------------ freshness, keys
    "origin-unknown": Sentence(
        "Esta página no está en una dirección que los directores firmaron: puede ser falsa.  No se envió nada.  Ciérrela y compare la dirección con la del cartel.",
        "This page is not at an address that the directors signed: it may be false.  Nothing was sent.  Close it and compare the address with the poster.",
    ),
    "freshness-signatures": Sentence(
        f"Los directores no han confirmado con sus firmas la lista de abogados.  {_LAWYERS_LIST_ES}",
        f"The directors have not confirmed the list of lawyers with their signatures.  {_LAWYERS_LIST_EN}",
    ),
    "freshness-roster": Sentence(
        f"Los directores confirmaron otra lista de abogados, no esta.  {_LAWYERS_LIST_ES}",
        f"The directors confirmed another list of lawyers, not this one.  {_LAWYERS_LIST_EN}",
    ),
    "freshness-not-yet": Sentence(
        "La confirmación de los directores es de un día que aún no llega según su reloj.  No se envió nada.  Revise la fecha de su dispositivo.",
        "The directors' confirmation is of a day that your clock has not reached.  Nothing was sent.  Check the date of your device.",
    ),
    "freshness-week": Sentence(
        "Los directores no han confirmado la lista de abogados para esta semana.  No se envió nada.  Revise la fecha de su dispositivo; si es correcta, vuelva a intentarlo en unos días.",
        "The directors have not confirmed the list of lawyers for this week.  Nothing was sent.  Check the date of your device; if it is right, try again in some days.",
    ),
    "roster-expires-first": Sentence(
        "La lista de abogados vence antes de que empiece la última de esas semanas.  No se hizo nada.  Confirme menos semanas, o hagan primero una lista nueva.",
        "The list of lawyers expires before the last of these weeks begins.  Nothing was made.  Confirm fewer weeks, or make a new list first.",
    ),
    "freshness-older": Sentence(
        "Lo publicado ahora fue confirmado más tarde que esto.  Nada cambió.  Pida a los directores la confirmación más nueva.",
        "What is published now was confirmed later than this.  Nothing changed.  Ask the directors for the newest confirmation.",
    ),
    "freshness-lawyer": Sentence(
        f"La confirmación nombra a alguien que no está activo en la lista de abogados.  {_LAWYERS_LIST_ES}",
        f"The confirmation names somebody who is not active in the list of lawyers.  {_LAWYERS_LIST_EN}",
    ),
    "keys-unknown-lawyer": Sentence(
        f"Hay una clave de alguien que no está activo en la lista de abogados.  {_LAWYERS_LIST_ES}",
        f"There is a key of somebody who is not active in the list of lawyers.  {_LAWYERS_LIST_EN}",
    ),
    "keys-signature": Sentence(
        f"Hay una clave que su abogado no firmó: alguien pudo haberla cambiado.  {_LAWYERS_LIST_ES}",
        f"There is a key that its lawyer did not sign: somebody may have changed it.  {_LAWYERS_LIST_EN}",
    ),
    "keys-unlisted": Sentence(
        f"Hay una clave que los directores no confirmaron: alguien pudo haberla agregado.  {_LAWYERS_LIST_ES}",
        f"There is a key that the directors did not confirm: somebody may have added it.  {_LAWYERS_LIST_EN}",
    ),
    "keys-duplicate": Sentence(
        f"Una clave de abogado está dos veces.  {_LAWYERS_LIST_ES}",
        f"A lawyer's key is there twice.  {_LAWYERS_LIST_EN}",
    ),
    "keys-missing": Sentence(
        f"Falta la clave de un abogado: alguien pudo haberla quitado.  {_LAWYERS_LIST_ES}",
        f"A lawyer's key is missing: somebody may have removed it.  {_LAWYERS_LIST_EN}",
    ),
    "recipients-too-few": Sentence(
        f"Hay menos abogados de los que los directores exigen.  {_LAWYERS_LIST_ES}",
        f"There are fewer lawyers than the directors demand.  {_LAWYERS_LIST_EN}",
    ),
    "keys-week": Sentence(
        "La clave es de una semana que pasó hace mucho o que está demasiado lejos.  No se recibió; revise la fecha de la estación.",
        "The key is for a week that is long past or too far ahead.  It was not taken; check the station's date.",
    ),
    # ------------------------------------------------------------ receipts
    "receipt-lawyer": Sentence(
        "El recibo es de alguien que no está activo en la lista de abogados.  No cuenta; no se borró nada.",
        "The receipt is of somebody who is not active in the list of lawyers.  It does not count; nothing was deleted.",
    ),
    "receipt-origin": Sentence(
        "El recibo es de otro buzón.  No cuenta aquí; no se borró nada.",
        "The receipt is of another box.  It does not count here; nothing was deleted.",
    ),
    "receipt-roster": Sentence(
        "El recibo se hizo con una lista de abogados que aquí no se ha publicado.  No cuenta; lleve a la estación el directorio actual y haga otro.",
        "The receipt was made with a list of lawyers that was not published here.  It does not count; carry the present directory to the station and make another.",
    ),
    "receipt-week": Sentence(
        "El recibo es de una semana futura, o de hace más de ocho semanas.  No cuenta; revise la fecha de la estación y haga otro.",
        "The receipt is of a week to come, or of more than eight weeks ago.  It does not count; check the station's date and make another.",
    ),
    # ------------------------------------------------------------ cells
    "cell-size": Sentence(
        "No tiene el tamaño de un envío de este buzón.  No se guardó.",
        "It does not have the size of anything sent to this box.  It was not kept.",
    ),
    "cell-magic": Sentence(
        "No es un envío de este buzón.  No se guardó.",
        "It is nothing sent to this box.  It was not kept.",
    ),
    "cell-suite": Sentence(
        "Fue cifrado de un modo que este programa no conoce.  Ponga al día el programa y pruebe otra vez.",
        "It was sealed in a way that this program does not know.  Update the program and try again.",
    ),
    "cell-kind": Sentence(
        "Es un envío de una clase que este programa no conoce.  Ponga al día el programa y pruebe otra vez.",
        "It is of a kind that this program does not know.  Update the program and try again.",
    ),
    "cell-reserved": Sentence(
        "El envío está dañado o es de una versión más nueva.  Ponga al día el programa y pruebe otra vez.",
        "It is damaged or of a newer version.  Update the program and try again.",
    ),
    "sealed-file": Sentence(
        "Este no es un archivo sellado de Buzón, o está dañado.  No se envió nada.  Pida otra copia a quien lo selló.",
        "This is no sealed file of Buzón, or it is damaged.  Nothing was sent.  Ask whoever sealed it for another copy.",
    ),
    "account-too-long": Sentence(
        "El relato es más largo de lo que una estación abre.  No se muestra aquí.  Expórtelo como archivo y ábralo con cuidado.",
        "The account is longer than a station opens.  It is not shown here.  Export it as a file and open it with care.",
    ),
    "account-repeated": Sentence(
        "El relato largo de este mensaje es el mismo de un mensaje anterior del hilo.  Se muestra allá.",
        "The long account of this message is the same as that of an earlier message of the thread.  It is shown there.",
    ),
    # ------------------------------------------------------------ backups
    "backup-lacks": Sentence(
        "Celdas que ningún respaldo tiene: no se firmó por ellas.  Haga un respaldo con `backup` y firme después.  Si otra estación también las tiene, dígalo con --held-by-two.",
        "Cells that no backup holds: they were not signed for.  Write a backup with `backup`, and sign then.  If a second station holds them too, say so with --held-by-two.",
    ),
    "backup-key-missing": Sentence(
        "Esta bóveda todavía no tiene listas de palabras para sus respaldos.  No se respaldó nada.  Hágalas con `backup-init`.",
        "This vault has no lists of words for its backups yet.  Nothing was backed up.  Make them with `backup-init`.",
    ),
    "backup-key-exists": Sentence(
        "Esta bóveda ya tiene listas de palabras para sus respaldos.  No se cambió nada.  Si demasiadas se perdieron o alguien las vio, use --replace.",
        "This vault has lists of words for its backups already.  Nothing was changed.  If too many were lost, or somebody saw them, use --replace.",
    ),
    "backup-missing": Sentence(
        "En esta memoria no está el respaldo que se busca.  Conecte la memoria correcta, o revise el número.",
        "The backup that is wanted is not on this stick.  Insert the right stick, or check the number.",
    ),
    "backup-other": Sentence(
        "Esta memoria tiene respaldos, pero de otras listas de palabras.  No se abrió ninguno.  Busque las listas de este respaldo, o la memoria de estas listas.",
        "This stick holds backups, but of other lists of words.  None was opened.  Find the lists of this backup, or the stick of these lists.",
    ),
    "backup-damaged": Sentence(
        "El respaldo está dañado, incompleto o mezclado con otro.  No se usó lo dañado.  Pruebe con otra memoria, o con un respaldo anterior (--number).",
        "The backup is damaged, incomplete or mixed with another.  What is damaged was not used.  Try another stick, or an earlier backup (--number).",
    ),
    "backup-full": Sentence(
        "La memoria del respaldo está llena.  El respaldo anterior sigue entero; éste no cuenta.  Use una memoria más grande.",
        "The backup's stick is full.  The backup before is still whole; this one does not count.  Use a larger stick.",
    ),
    "backup-stick": Sentence(
        "La memoria no acepta el respaldo, o no lo devuelve como se escribió.  Éste no cuenta.  Use otra memoria.",
        "The stick does not take the backup, or does not give it back as it was written.  This one does not count.  Use another stick.",
    ),
    "shares-impossible": Sentence(
        "No se puede repartir así.  Haga de 2 a 16 listas, y pida al menos 2 para restaurar.",
        "It cannot be split so.  Make 2 to 16 lists, and ask for at least 2 of them to restore.",
    ),
    "share-length": Sentence(
        "Una lista tiene veinte palabras.  Cuéntelas y escríbalas otra vez, en orden.",
        "A list has twenty words.  Count them and type them again, in order.",
    ),
    "share-word": Sentence(
        "Las palabras de esos lugares no existen en las listas.  Revise cómo están escritas en el papel.",
        "The words at those places do not exist in the lists.  Check how they are written on the paper.",
    ),
    "share-checksum": Sentence(
        "Estas veinte palabras no van juntas: una está cambiada o en otro lugar.  Compárelas con el papel.",
        "These twenty words do not belong together: one is wrong or out of place.  Compare them with the paper.",
    ),
    "share-other": Sentence(
        "Esta lista es de otro juego.  No se usó.  Busque las que se hicieron juntas para esta bóveda.",
        "This list is of another set.  It was not used.  Find those that were made together for this vault.",
    ),
    "share-repeated": Sentence(
        "Esta lista ya se leyó.  Hace falta otra del mismo juego.",
        "This list was read already.  It takes another one of the same set.",
    ),
    "shares-few": Sentence(
        "No hay suficientes listas de palabras.  No se abrió nada.  Reúna las que faltan.",
        "There are not enough lists of words.  Nothing was opened.  Bring together those that are missing.",
    ),
    "shares-wrong": Sentence(
        "Estas listas dicen ser del mismo juego y no hacen ninguna clave: una fue cambiada.  No se abrió nada.  Use otras del juego.",
        "These lists claim to be of one set and make no key: one was changed.  Nothing was opened.  Use others of the set.",
    ),
    "cell-lacking": Sentence(
        "Esta estación lo recibió, pero en su disco ya no está entero.  No se firmó por él ni se respaldó.  Vuelve con la orden `backup`, de una memoria de respaldo que lo tenga.",
        "This station received it, but it is no longer whole on its disk.  It was neither signed for nor backed up.  It comes back with the command `backup`, from a backup's stick that has it.",
    ),
    "message-too-long": Sentence(
        "El texto, o lo que va junto a él, es más largo de lo que cabe.  No se selló nada.  Acórtelo o mande una parte como archivo.",
        "The text, or what goes beside it, is longer than fits.  Nothing was sealed.  Shorten it or send a part as a file.",
    ),
    "recipients-count": Sentence(
        "No hay nadie que pueda leerlo, o hay demasiados.  No se selló nada.  Elija otra vez quién lee.",
        "There is nobody who could read it, or there are too many.  Nothing was sealed.  Choose again who reads.",
    ),
    "team-unknown": Sentence(
        "Nadie de ese equipo puede leer esta semana.  No se selló nada.  Revise el nombre del equipo o elija a todos.",
        "Nobody of that team can read this week.  Nothing was sealed.  Check the team's name or choose everybody.",
    ),
    "text-not-utf8": Sentence(
        "El relato no es texto en UTF-8.  No se selló nada.  Guárdelo otra vez como texto, o mándelo como archivo.",
        "The account is not text in UTF-8.  Nothing was sealed.  Save it again as text, or attach it as a file.",
    ),
    "file-changed": Sentence(
        "El archivo cambió de tamaño mientras se sellaba.  No se selló nada.  Cierre el programa que lo usa y pruebe otra vez.",
        "The file changed its size while it was being sealed.  Nothing was sealed.  Close the program that uses it and try again.",
    ),
    "file-too-large": Sentence(
        "Los archivos no caben juntos en un archivo sellado.  No se selló nada.  Mándelos en varios.",
        "The files do not fit one sealed file together.  Nothing was sealed.  Send them in several.",
    ),
    "socket-forbidden": Sentence(
        "El programa intentó usar la red, que aquí está prohibido, y se detuvo.  No siga; avise a quien lo mantiene.",
        "The program tried to use the network, which is forbidden here, and stopped.  Do not go on; tell those who maintain it.",
    ),
    "unseal": Sentence(
        "No se abre: a esta estación le falta la clave, o está dañado.  Se conserva cerrado, por si llega la clave.",
        "It does not open: this station lacks the key, or it is damaged.  It is kept closed, in case the key arrives.",
    ),
    "hpke-key": Sentence(
        "Una clave para sellar no sirve.  No se selló nada.",
        "A key for sealing is unusable.  Nothing was sealed.",
    ),
    "hpke-open": Sentence(
        "Esta clave no lo abre.",
        "This key does not open it.",
    ),
    # ------------------------------------------------------------ replies
    "reply-too-long": Sentence(
        "La respuesta es demasiado larga.  No se guardó.  Acórtela o mándela en varias.",
        "The reply is too long.  It was not kept.  Shorten it or send several.",
    ),
    "reply-empty": Sentence(
        "La respuesta está vacía.  Escriba algo.",
        "The reply is empty.  Write something.",
    ),
    "reply-not-text": Sentence(
        "La respuesta contiene algo que no es texto.  No se guardó.  Quítelo y pruebe otra vez.",
        "The reply holds something that is not text.  It was not kept.  Remove it and try again.",
    ),
    "batch-size": Sentence(
        "El lote de respuestas no tiene el tamaño acordado.  No se entregó.  Haga otro en la estación.",
        "The batch of replies does not have the agreed size.  It was not handed in.  Make another on the station.",
    ),
    "batch-repeats": Sentence(
        "El lote contiene dos veces la misma respuesta.  No se entregó.  Haga otro en la estación.",
        "The batch holds the same reply twice.  It was not handed in.  Make another on the station.",
    ),
    "board-size": Sentence(
        "Las respuestas llegaron incompletas.  Vuelva a pedirlas.",
        "The replies arrived incomplete.  Fetch them again.",
    ),
    # ------------------------------------------------------------ handing over to a colleague
    "handover-roster": Sentence(
        "La entrega se hizo con una lista de abogados que esta estación no conoce.  No se tomó nada.  Importe primero una bolsa reciente.",
        "This was handed over under a list of lawyers that this station does not know.  Nothing was taken.  Import a recent pouch first.",
    ),
    "handover-giver": Sentence(
        "Quien entrega no está activa en la lista de abogados que esta estación conoce.  No se entregó ni se tomó nada.  Importe una bolsa reciente; si sigue así, pregunte a los directores.",
        "Whoever hands this over is not active in the list of lawyers that this station knows.  Nothing was given or taken.  Import a recent pouch; if it stays so, ask the directors.",
    ),
    "handover-other": Sentence(
        "Esta entrega es para otra persona.  No se tomó nada.  Devuelva la memoria a quien se la dio.",
        "This was handed over to somebody else.  Nothing was taken.  Give the stick back to whoever gave it to you.",
    ),
    "handover-week": Sentence(
        "Esta entrega es de una semana futura, o de una cuya clave esta estación ya no tiene.  No se tomó nada.  Revise la fecha; si es correcta, pida a su colega que la haga otra vez.",
        "This was handed over in a week to come, or in one whose key this station no longer has.  Nothing was taken.  Check the date; if it is right, ask your colleague to make it again.",
    ),
    "handover-missing": Sentence(
        "Esta carpeta no es una entrega completa de una colega.  No se tocó.  Conecte la memoria correcta; para entregar, elija una carpeta nueva.",
        "This folder is no complete handover from a colleague.  It was left alone.  Insert the right stick; to hand over, choose a new folder.",
    ),
    "handover-receiver": Sentence(
        "No se puede entregar a esta persona: no está activa en la lista, no tiene clave para esta semana, o es usted.  No se entregó nada.",
        "Nothing can be handed to this person: not active in the list, without a key for this week, or yourself.  Nothing was handed over.",
    ),
    "handover-consent": Sentence(
        "Quien dio este testimonio no ha permitido compartirlo con otra organización.  No se entregó.  Pregúntele en una respuesta; si acepta, entréguelo después.",
        "Whoever gave this testimony has not allowed sharing it with another organisation.  It was not handed over.  Ask in a reply; after a yes, hand it over.",
    ),
    "handover-withheld": Sentence(
        "Quien dio este testimonio dijo que una parte no debe salir nunca de su equipo, y no se puede separar.  No se entregó.  Pregúntele en una respuesta.",
        "Whoever gave this testimony said that a part must never leave your team, and it cannot be cut out.  It was not handed over.  Ask in a reply.",
    ),
    "handover-lacking": Sentence(
        "Esta estación ya no lo tiene entero, o no guarda con qué abrirlo.  No se entregó; lo demás sí.  Si el disco lo perdió, recupérelo del respaldo; si no, quizá otra colega lo tenga.",
        "This station no longer holds it whole, or kept nothing to open it with.  It was not handed over; the rest was.  If the disk lost it, restore it from the backup; if not, another colleague may hold it.",
    ),
    "handover-too-large": Sentence(
        "Son demasiados mensajes para una sola entrega.  No se entregó nada.  Entregue menos hilos cada vez, en carpetas distintas.",
        "These are too many messages for one handover.  Nothing was handed over.  Hand over fewer threads at a time, in separate folders.",
    ),
    "handover-unlisted": Sentence(
        "Ningún mensaje de la entrega nombra este archivo.  No se tomó; lo demás siguió.",
        "No message of the handover names this file.  It was not taken; the rest went on.",
    ),
    "handover-parts": Sentence(
        "Faltan pedazos de archivos que la entrega debía traer.  Lo que llegó está guardado.  Pida a su colega la entrega otra vez.",
        "Pieces of files that should have come with the handover are missing.  What came is kept.  Ask your colleague to hand it over again.",
    ),
    # ------------------------------------------------------------ files of one's own
    "file-exists": Sentence(
        "Ya hay un archivo con ese nombre.  No se cambió.  Elija otro nombre o muévalo.",
        "There is a file of that name already.  It was not changed.  Choose another name or move it.",
    ),
    "clock-wrong": Sentence(
        "El reloj de esta máquina está mal: dice un día de antes de 2024.  No se hizo nada.  Corríjalo, o diga la fecha con --today.",
        "This machine's clock is wrong: it says a day before 2024.  Nothing was done.  Set it, or say the date with --today.",
    ),
    "clock-behind": Sentence(
        "El reloj de esta máquina dice un día anterior a lo que los directores ya firmaron.  No se hizo ninguna clave.  Corrija la fecha, o dígala con --today, y vuelva a intentarlo.",
        "The clock of this machine says a day before what the directors have signed already.  No key was made.  Set the date right, or say it with --today, and try again.",
    ),
    "days-reversed": Sentence(
        "El último día bueno no puede ser posterior al día en que tomaron la máquina.  Revise las dos fechas.",
        "The last good day cannot be after the day on which the machine was taken.  Check both dates.",
    ),
    "memory-short": Sentence(
        "La memoria de esta máquina no alcanza.  Cierre otros programas, o use una máquina con más.",
        "This machine's memory does not suffice.  Close other programs, or use a machine with more.",
    ),
    "passphrase-not-text": Sentence(
        "El archivo no contiene una contraseña como texto.  Guárdelo como texto simple (UTF-8), con la contraseña en la primera línea.",
        "The file does not hold a passphrase as text.  Save it as plain text (UTF-8), with the passphrase on the first line.",
    ),
    "file-unreadable": Sentence(
        "El archivo no se puede leer.  Revise el nombre, los permisos y el disco.",
        "The file cannot be read.  Check the name, the permissions and the disk.",
    ),
    "file-unwritable": Sentence(
        "El archivo no se puede escribir.  Revise los permisos y el espacio del disco.",
        "The file cannot be written.  Check the permissions and the room on the disk.",
    ),
    "keyfile-locked": Sentence(
        "La contraseña no abre este archivo de claves, el archivo está dañado, o a esta máquina le falta memoria.  Escríbala otra vez; si no abre, use la copia u otra máquina.",
        "The passphrase does not open this key file, the file is damaged, or this machine lacks memory.  Type it again; if it stays closed, use the backup or another machine.",
    ),
    # ------------------------------------------------------------ the pouch and the courier
    "pouch-missing": Sentence(
        "Esta carpeta no es una bolsa de Buzón.  Conecte la memoria correcta o elija una carpeta vacía.",
        "This folder is no pouch of Buzón.  Insert the right stick or choose an empty folder.",
    ),
    "pouch-name": Sentence(
        "Un archivo tiene un nombre que no pone ningún programa de Buzón.  No se tocó; lo demás siguió.",
        "A file has a name that no program of Buzón gives.  It was left alone; the rest went on.",
    ),
    "pouch-not-a-file": Sentence(
        "Hay un enlace, una carpeta o un aparato donde debía haber un archivo.  No se abrió; lo demás siguió.",
        "There is a link, a folder or a device where a file should be.  It was not opened; the rest went on.",
    ),
    "pouch-unreadable": Sentence(
        "La memoria no entrega el archivo.  Lo demás siguió.  Copie la bolsa a otra memoria.",
        "The stick does not give the file.  The rest went on.  Copy the pouch to another stick.",
    ),
    "pouch-full": Sentence(
        "La memoria está llena.  Lo que ya se guardó está completo.  Lleve la bolsa, o use una memoria más grande.",
        "The stick is full.  What was saved is whole.  Carry the pouch over, or use a larger stick.",
    ),
    "pouch-size": Sentence(
        "Un archivo no tiene el tamaño que debe.  No se tocó; lo demás siguió.",
        "A file does not have the size that it should.  It was left alone; the rest went on.",
    ),
    "pouch-digest": Sentence(
        "El contenido de un archivo no corresponde a su nombre: está dañado.  No se usó; lo demás siguió.",
        "A file's content does not match its name: it is damaged.  It was not used; the rest went on.",
    ),
    "pouch-busy": Sentence(
        "Otro viaje está usando esta memoria.  Espere a que termine, o ciérrelo primero.",
        "Another trip is using this stick.  Wait until it is over, or close it first.",
    ),
    "stick-absent": Sentence(
        "No hay ninguna memoria de Buzón conectada.  Conéctela, espere a que aparezca y empiece otra vez.",
        "No stick of Buzón is plugged in.  Plug it in, wait until it appears and start again.",
    ),
    "sticks-several": Sentence(
        "Hay más de una memoria de Buzón conectada.  Deje solo la de este viaje y empiece otra vez.",
        "More than one stick of Buzón is plugged in.  Leave only the one of this trip and start again.",
    ),
    "stick-gone": Sentence(
        "La memoria dejó de responder: se sacó, quedó floja o no deja escribir.  Conéctela otra vez.",
        "The stick stopped answering: it was taken out, is loose, or lets nothing be written.  Plug it in again.",
    ),
    "courier-unset": Sentence(
        "Esta memoria no dice a dónde van sus viajes.  Prepárela una vez con: buzon-courier setup.",
        "This stick does not say where its trips lead.  Prepare it once with: buzon-courier setup.",
    ),
    "courier-file": Sentence(
        "La dirección, la cuenta o el proxy de este viaje no son de los que se permiten.  No se preguntó ni se envió nada.  Revise cómo están escritos; si nadie los cambió a propósito, alguien tocó la memoria: avise al operador.",
        "The address, account or proxy of this trip is not of a kind that is allowed.  Nothing was asked or sent.  Check how they are written; if nobody changed them on purpose, somebody has touched the stick: tell the operator.",
    ),
    "courier-desk": Sentence(
        "La memoria nombra otro escritorio que el que usted conoce.  No se preguntó ni se envió nada.  Alguien pudo cambiarla: avise al operador.",
        "The stick names another desk than the one that you know.  Nothing was asked or sent.  Somebody may have changed it: tell the operator.",
    ),
    "window-missing": Sentence(
        "En esta pantalla no se abre ninguna ventana.  Haga el viaje en una terminal: buzon-courier trip.",
        "No window opens on this screen.  Make the trip at a terminal: buzon-courier trip.",
    ),
    "batch-missing": Sentence(
        "La bolsa no trae ningún lote de respuestas.  Pase por la estación y haga uno: cada viaje lleva uno.",
        "The pouch holds no batch of replies.  Go by the station and make one: every trip carries one.",
    ),
    "server-unreachable": Sentence(
        "No se pudo llegar al servidor.  No se perdió nada.  Revise la conexión y vuelva a intentarlo.",
        "The server could not be reached.  Nothing was lost.  Check the connection and try again.",
    ),
    "server-answer": Sentence(
        "El servidor respondió algo que no corresponde.  No se perdió nada.  Avise al operador.",
        "The server answered something out of place.  Nothing was lost.  Tell the operator.",
    ),
    "server-refused": Sentence(
        "El servidor no aceptó lo enviado.  No se perdió nada aquí.",
        "The server did not accept what was sent.  Nothing was lost here.",
    ),
    # ------------------------------------------------------------ the server's answers
    "name-malformed": Sentence(
        "El nombre de lo enviado no es correcto.  No se guardó nada.",
        "The name of what was sent is not right.  Nothing was kept.",
    ),
    "not-found": Sentence(
        "Aquí no hay ninguna página.",
        "There is no page here.",
    ),
    "method-refused": Sentence(
        "Esta página no contesta eso.",
        "This page does not answer that.",
    ),
    "length-needed": Sentence(
        "Falta decir cuánto se envía.  No se guardó nada.",
        "It was not said how much is sent.  Nothing was kept.",
    ),
    "content-type": Sentence(
        "Lo enviado no es de la clase que corresponde.  No se guardó nada.",
        "What was sent is not of the right kind.  Nothing was kept.",
    ),
    "too-many": Sentence(
        "Demasiadas peticiones seguidas.  No se guardó nada de esta.  Espere un minuto y vuelva a intentarlo.",
        "Too many requests in a row.  Nothing of this one was kept.  Wait a minute and try again.",
    ),
    "server-error": Sentence(
        "Algo falló en el servidor.  No se guardó nada de este envío.  Vuelva a intentarlo.",
        "Something failed on the server.  Nothing of this was kept.  Try again.",
    ),
    "server-busy": Sentence(
        "El servidor está ocupado.  No se guardó nada de este envío.  Vuelva a intentarlo en un minuto.",
        "The server is busy.  Nothing of this was kept.  Try again in a minute.",
    ),
    "cell-cut-off": Sentence(
        "El envío se cortó a la mitad.  No se guardó nada de él.  Vuelva a intentarlo.",
        "It was cut off on the way.  Nothing of it was kept.  Try again.",
    ),
    "cell-digest": Sentence(
        "El contenido no corresponde a su nombre: se dañó en el camino.  No se guardó.  Vuelva a intentarlo.",
        "The content does not match its name: it was damaged on the way.  It was not kept.  Try again.",
    ),
    "cell-week": Sentence(
        "Esto se selló hace demasiado tiempo o para una semana futura: tal vez ya nadie tiene las claves.  No se guardó.  Revise la fecha y selle otra vez.",
        "This was sealed too long ago or for a week to come: perhaps nobody has the keys any more.  It was not kept.  Check the date and seal it again.",
    ),
    "budget-spent": Sentence(
        "El buzón ya recibió todo lo que puede por hoy.  No se guardó.  Vuelva a intentarlo mañana.",
        "The box has taken all that it can for today.  It was not kept.  Try again tomorrow.",
    ),
    "box-full": Sentence(
        "El buzón está lleno.  No se guardó.  Vuelva a intentarlo en unos días.",
        "The box is full.  It was not kept.  Try again in some days.",
    ),
    "directory-missing": Sentence(
        "El servidor no tiene una lista de abogados para esta semana.  No se envió nada.  Vuelva a intentarlo más tarde.",
        "The server has no list of lawyers for this week.  Nothing was sent.  Try again later.",
    ),
    "session-needed": Sentence(
        "La sesión terminó.  Entre otra vez con su cuenta.",
        "The session is over.  Log in again.",
    ),
    "login-refused": Sentence(
        "La cuenta, la contraseña o el código no son correctos.  Espere a que su teléfono muestre otro código, o use uno de recuperación, y vuelva a intentarlo.",
        "The account, the passphrase or the code is not right.  Wait until your telephone shows another code, or use a recovery code, and try again.",
    ),
    "second-factor-needed": Sentence(
        "A esta cuenta le falta el código del teléfono.  Entre en las páginas del escritorio y actívelo; después vuelva a intentarlo aquí.",
        "This account still lacks the telephone's code.  Log in to the pages of the desk and set it up; then try again here.",
    ),
    "code-refused": Sentence(
        "El código no es correcto o ya se usó.  Espere a que su teléfono muestre otro; si sigue así, revise que la hora del teléfono sea exacta.",
        "The code is not right or was used already.  Wait until your telephone shows another; if it stays so, check that the telephone's time is exact.",
    ),
    "already-enrolled": Sentence(
        "Esta cuenta ya tiene código del teléfono.  No se cambió nada.  Si usted no lo activó, avise de inmediato a quien opera el servidor.",
        "This account has a telephone's code already.  Nothing was changed.  If you did not set it up, tell the operator at once.",
    ),
    "form-refused": Sentence(
        "El formulario no salió de esta página o quedó incompleto.  No se hizo nada.  Abra otra vez la página y vuelva a llenarlo.",
        "The form did not come from this page, or is incomplete.  Nothing was done.  Open the page again and fill it in once more.",
    ),
    "cell-unknown": Sentence(
        "Eso ya no está en el buzón.",
        "That is no longer in the box.",
    ),
    "batch-digest": Sentence(
        "El lote se dañó en el camino.  No se guardó.  Vuelva a intentarlo.",
        "The batch was damaged on the way.  It was not kept.  Try again.",
    ),
    # ------------------------------------------------------------ the air gap
    "passphrase-empty": Sentence(
        "Falta la contraseña.  Escríbala en una terminal o use --passphrase-file.",
        "The passphrase is missing.  Type it at a terminal or use --passphrase-file.",
    ),
    "passphrase-differs": Sentence(
        "Las dos contraseñas no son iguales.  No se hizo nada.  Empiece otra vez.",
        "The two passphrases are not the same.  Nothing was done.  Begin again.",
    ),
    "not-confirmed": Sentence(
        "No se confirmó.  No se hizo nada.",
        "It was not confirmed.  Nothing was done.",
    ),
    "rings-mixed": Sentence(
        "Este programa guarda claves privadas y encontró partes del servidor consigo.  Se detuvo.  Instálelo en una máquina aparte.",
        "This program keeps private keys and found parts of the server beside it.  It stopped.  Install it on a machine of its own.",
    ),
    "vault-damaged": Sentence(
        "La bóveda está dañada o no es de esta clave.  No se cambió nada.  Use el respaldo.",
        "The vault is damaged or belongs to another key.  Nothing was changed.  Use the backup.",
    ),
    "vault-busy": Sentence(
        "Otro programa tiene abierta la bóveda.  Espere a que termine.",
        "Another program has the vault open.  Wait until it ends.",
    ),
    "vault-newer": Sentence(
        "Una versión más nueva de este programa escribió la bóveda.  Use esa versión.",
        "A newer version of this program has written the vault.  Use that version.",
    ),
    "vault-unfinished": Sentence(
        "La bóveda quedó a medio hacer y está vacía.  Bórrela y hágala otra vez.",
        "Making the vault was interrupted and it is empty.  Delete it and make it again.",
    ),
    "roster-missing": Sentence(
        "Esta estación no ha visto todavía una lista de abogados válida.  Importe primero una bolsa.",
        "This station has not seen a valid list of lawyers yet.  Import a pouch first.",
    ),
    "thread-unknown": Sentence(
        "No hay ningún hilo con ese nombre.  Use la orden `list`.",
        "There is no thread of that name.  Use the command `list`.",
    ),
    "thread-ambiguous": Sentence(
        "Varios hilos empiezan así.  Escriba más del nombre.",
        "Several threads begin so.  Type more of the name.",
    ),
    "attachment-unknown": Sentence(
        "El hilo no tiene ningún archivo con ese nombre, o tiene varios.  Use la orden `show`.",
        "The thread has no file of that name, or several.  Use the command `show`.",
    ),
    "attachment-incomplete": Sentence(
        "Todavía faltan partes de este archivo.  Importe la próxima bolsa.",
        "Parts of this file have not arrived yet.  Import the next pouch.",
    ),
    "reply-unknown": Sentence(
        "En este hilo no se está enviando ninguna respuesta con ese número.",
        "No reply of that number is being sent in this thread.",
    ),
    "custody-broken": Sentence(
        "Alguien cambió, quitó o movió una entrada del registro de custodia.  Guarde una copia de la bóveda y avise.",
        "Somebody changed, removed or moved an entry of the custody log.  Keep a copy of the vault and tell the organisation.",
    ),
    "signer-unknown": Sentence(
        "Esta clave no es de ninguno de los directores que pueden firmar esto.  No se firmó.",
        "This key belongs to none of the directors who may sign this.  It was not signed.",
    ),
    "signed-already": Sentence(
        "Esta persona ya firmó este documento.  Páselo a quien falta.",
        "This person has signed this document already.  Hand it to whoever is missing.",
    ),
    "fingerprint-differs": Sentence(
        "Las palabras leídas no son las de esta ficha.  No se agregó.  Pida la ficha otra vez, por otro camino.",
        "The words that were read are not those of this card.  It was not added.  Ask for the card again, by another way.",
    ),
    "draft-impossible": Sentence(
        "Con esos datos no se puede hacer un documento válido.  Revise: dos directores o más, y al menos dos firmas; de 1 a 16 abogados activos con seudónimos distintos; direcciones completas del sitio, sin nada después del nombre; plazos de 1 a 13 semanas; de 2 a 16 recibos.",
        "No valid document can be made of that.  Check: two directors or more, and at least two signatures; 1 to 16 active lawyers with different pseudonyms; whole addresses of the site, with nothing after the name; terms of 1 to 13 weeks; 2 to 16 receipts.",
    ),
    "card-impossible": Sentence(
        "Con esos datos no se puede hacer una ficha.  El seudónimo y el equipo tienen de 1 a 40 letras; los idiomas se escriben con dos o tres letras minúsculas, como es o nah.",
        "No card can be made of that.  Pseudonym and team have 1 to 40 letters; languages are written with two or three small letters, as es or nah.",
    ),
    "pseudonym-taken": Sentence(
        "Ese seudónimo ya es de alguien en la lista, o fue suyo con otra clave.  No se hizo nada.  Elija otro: un seudónimo vale para una sola clave, y así nadie habla con el nombre de quien la sigue.",
        "That pseudonym is somebody's on the roster, or was yours with another key.  Nothing was made.  Choose another: a pseudonym stands for one key, so that nobody speaks under the name of who comes after.",
    ),
    "replacement-unsigned": Sentence(
        "Ninguna de estas fichas lleva la firma de la identidad que se quiere reemplazar, o la llevan varias.  No se hizo ninguna lista.  Si esa clave se perdió o la robaron, retire o revoque a la persona, y conozca la ficha nueva como la de alguien nuevo.",
        "None of these cards bears the signature of the identity to be replaced, or several do.  No roster was made.  If that key is lost or stolen, retire or revoke the person, and vet the new card as that of somebody new.",
    ),
    "lawyer-unknown": Sentence(
        "La lista no tiene a ningún abogado con ese nombre o número.",
        "The list has no lawyer of that name or number.",
    ),
    "identity-unknown": Sentence(
        "Ninguna identidad de esta bóveda que firme, o que espere a los directores, tiene ese seudónimo.  No se escribió nada.  `identity show` muestra las que hay.",
        "No identity of this vault that signs, or waits for the directors, has that pseudonym.  Nothing was written.  `identity show` shows those that there are.",
    ),
    "lawyer-revoked": Sentence(
        "Este abogado fue revocado: no puede volver con la misma clave, ni avalar con ella otra.  Debe hacer una bóveda nueva.",
        "This lawyer was revoked: nobody comes back with that key, nor vouches with it for another.  A new vault is needed.",
    ),
    # ------------------------------------------------------------ running a server
    "account": Sentence(
        "Esa cuenta ya existe, no existe, o su nombre no sirve.  No se cambió nada.  Revise el nombre.",
        "That account exists already, does not exist, or its name cannot be used.  Nothing was changed.  Check the name.",
    ),
    "document-digest": Sentence(
        "El nombre del documento no corresponde a su contenido: se dañó en el camino.  No se guardó.  Vuelva a intentarlo.",
        "The document's name does not match its content: it was damaged on the way.  It was not kept.  Try again.",
    ),
    "request-malformed": Sentence(
        "El servidor no pudo leer la petición.  No se guardó nada.  Vuelva a intentarlo.",
        "The server could not read the request.  Nothing was kept.  Try again.",
    ),
    "ring-crossed": Sentence(
        "Un programa del servidor intentó usar algo que solo va en las estaciones.  Se detuvo.  No lo use y avise a quien mantiene el programa.",
        "A program of the server tried to use something that belongs on the stations only.  It stopped.  Do not run it, and tell whoever maintains it.",
    ),
    "server-folder": Sentence(
        "La carpeta del servidor falta, no está vacía o no es de este programa.  No se tocó.  Revise la carpeta de --data.",
        "The server's folder is missing, not empty, or not of this program.  It was left alone.  Check the folder of --data.",
    ),
    "database-old": Sentence(
        "La base de datos es de otra versión de este programa.  No se inició nada.  Haga una copia de la carpeta y después ponga la base al día: buzon-server upgrade.",
        "The database is of another version of this program.  Nothing was started.  Copy the folder, then bring the database up: buzon-server upgrade.",
    ),
    "settings": Sentence(
        "La configuración no se puede leer o dice algo imposible.  No se inició nada.  Corríjala y vuelva a empezar.",
        "The settings cannot be read or say something impossible.  Nothing was started.  Correct them and start again.",
    ),
    "age-missing": Sentence(
        "Falta el programa age, que cifra los respaldos.  No se hizo nada.  Instálelo: apt install age.",
        "The program age, which encrypts backups, is missing.  Nothing was done.  Install it: apt install age.",
    ),
    "backup-failed": Sentence(
        "El respaldo no se pudo escribir, y no quedó nada de él.  Revise para quién se cifra y el espacio del disco, y hágalo otra vez.",
        "The backup could not be written, and nothing is left of it.  Check who it is encrypted for and the room on the disk, and make it again.",
    ),
    "backup-unreadable": Sentence(
        "Esta clave no abre el respaldo, o está dañado o incompleto.  No se hizo nada.  Pruebe con otra clave o con otra copia.",
        "This key does not open the backup, or it is damaged or incomplete.  Nothing was made.  Try another key or another copy.",
    ),
    "site-damaged": Sentence(
        "Al sitio le falta un archivo, o uno fue cambiado.  No se mostró nada.  Constrúyalo otra vez.",
        "The site lacks a file, or one was changed.  Nothing was shown.  Build it again.",
    ),
    "site-source": Sentence(
        "Las fuentes del sitio o su configuración se contradicen.  No se construyó.  Revise lo que el programa señala.",
        "The sources of the site or its settings contradict each other.  It was not built.  Check what the program points at.",
    ),
    "server-address": Sentence(
        "La dirección en que el servidor debía escuchar no es de esta máquina o ya está en uso.  No se inició.  Corrija la configuración o detenga lo que la usa.",
        "The address to listen at is not this machine's own, or is in use.  The server did not start.  Correct the settings or stop what uses it.",
    ),
    "server-stopped": Sentence(
        "Una parte del servidor no arrancó o se detuvo sola.  Lo ya guardado no se perdió.  Revise lo que el programa señala y vuelva a iniciarlo.",
        "A part of the server did not start or ended by itself.  What was kept is not lost.  Check what the program points at and start it again.",
    ),
}


def sentence(code: str, language: Language) -> str:
    """What *code* means, for a person who reads *language*."""
    said = SENTENCES.get(code, UNFORESEEN)
    return said.en if language == "en" else said.es
