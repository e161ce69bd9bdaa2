/* What a scripted TURN server is to be like, in words: those of its command line, and of its
 * standard input, a line each.
 *
 *     user=NAME  password=TEXT  realm=TEXT  lifetime=SECONDS    anna, secret, lab, 600
 *     trusting  sha256  anonymous  bids-down  forgetful  unsigned  bare-errors  silent
 *     no-lifetime  no-df  mobile  no-moving                     TurnServerManner
 *     well                           no manner any more
 *     silent-after=N                 after so many answers to a client
 *     stale-after=N                  a nonce is good for so many requests
 *     refuse=METHOD:CODE[:TIMES]     allocate, refresh, permission, channel, connect or
 *                                    connection; CODE 0: it does not answer
 *     refuse-peer=IP                 only where this peer is named
 *     alternate=IP:PORT              said with the refusal
 *     relayed=IP:PORT                said of the relayed address, whatever it is
 *     answers=foreign                to another question than the one that was asked
 *     answers=garbled                of the right length, and that is all
 *     loses-data                     nothing is relayed
 *     in-pieces                      over TCP each byte is sent by itself */
#pragma once

#include "../unit/turn-server.h"

typedef enum
{
  TURN_ANSWERS_TRUE,
  TURN_ANSWERS_FOREIGN,
  TURN_ANSWERS_GARBLED,
} TurnAnswers;

typedef struct
{
  TurnServerManner manner;
  char *username, *password, *realm; /* NULL: as it is */
  guint32 lifetime;                  /* 0: as it is */
  TurnServerRefusal refusal;
  FramAddress relayed;             /* family NONE: the true one */
  guint silent_after, stale_after; /* 0: never */
  TurnAnswers answers;
  gboolean loses_data;
  gboolean in_pieces;
} TurnScript;

/* Return: FALSE: it is no word of the script. */
gboolean turn_script_obey (TurnScript *script, const char *word);
void turn_script_clear (TurnScript *script);
/* Texts are lent to the server, which must be told again when they are others. */
void turn_script_apply (const TurnScript *script, TurnServer *server);
/* Makes an answer what the script wants answers to be. */
void turn_script_spoil (const TurnScript *script, guint8 *answer, gsize length);
