/* One client transaction, as deadlines. (RFC 8489 §6.2.1, §6.2.2)
 *
 * It holds no message and sends none: its owner sends when told, with the same id. */
#pragma once

#include "base/random.h"
#include "base/time.h"
#include "stun/message.h"

/* More would double the wait beyond any use, and beyond what FramTime holds. */
#define FRAM_STUN_MAX_TRANSMISSIONS 20

typedef struct
{
  FramTime rto;      /* first wait, at most an hour; doubles with each transmission */
  guint8 count;      /* Rc: how many transmissions, 1 to 20; default 7 */
  guint8 last_wait;  /* Rm: the wait after the last one, in rto; RFC's default 16 */
  gboolean reliable; /* over TCP or TLS: one transmission, wait `timeout` */
  FramTime timeout;  /* Ti: 39.5 s by default */
} FramStunTiming;

/* RFC 8489 §6.2: Rc 7, Rm 16, Ti 39.5 s, with the given first wait. */
#define FRAM_STUN_TIMING_DEFAULT(first_wait)                                             \
  {                                                                                      \
    .rto = (first_wait), .count = 7, .last_wait = 16, .timeout = 39500000                \
  }

typedef struct
{
  FramStunId id;
  FramStunTiming timing;
  FramTime started;
  FramTime last_sent;
  FramTime deadline;
  guint8 n_sent;
} FramStunTransaction;

typedef enum
{
  FRAM_STUN_TRANSACTION_WAIT,    /* nothing to do before the deadline */
  FRAM_STUN_TRANSACTION_SEND,    /* transmit again, now */
  FRAM_STUN_TRANSACTION_TIMEOUT, /* over, without an answer */
} FramStunTransactionStep;

/* Draws an id. The owner sends the first transmission at `now`. */
void fram_stun_transaction_start (FramStunTransaction *transaction,
                                  const FramStunTiming *timing, FramRandom *random,
                                  FramTime now);
/* Call at the deadline; SEND counts as sent at `now`. */
FramStunTransactionStep fram_stun_transaction_advance (FramStunTransaction *transaction,
                                                       FramTime now);
/* No more transmissions, but an answer is awaited until the transaction would have timed
 * out anyway (RFC 8445 §8.1.2). */
void fram_stun_transaction_cancel (FramStunTransaction *transaction);
/* Round-trip time of the answer that came at `now`; FALSE after a retransmission, when it
 * is not known which request was answered (Karn's rule). */
gboolean fram_stun_transaction_measure (const FramStunTransaction *transaction,
                                        FramTime now, FramTime *ret_rtt);
