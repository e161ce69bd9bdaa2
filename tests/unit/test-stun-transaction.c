/* The deadlines of a client transaction, on a clock that the test steps. */
#include "stun/transaction.h"

#include "seeded-random.h"

#include <string.h>

/* Not 0, which a forgotten addition would not show. */
#define START FRAM_SECONDS (1000)

static const FramStunTiming usual = FRAM_STUN_TIMING_DEFAULT (FRAM_MILLISECONDS (500));

static void
start (FramStunTransaction *transaction, const FramStunTiming *timing)
{
  SeededRandom source;

  seeded_random_init (&source, 1);
  fram_stun_transaction_start (transaction, timing, &source.random, START);
  g_assert_cmpint (transaction->started, ==, START);
  g_assert_cmpint (transaction->last_sent, ==, START);
  g_assert_cmpuint (transaction->n_sent, ==, 1);
}

/* Steps from deadline to deadline and writes when it sends, and at last when it ends. */
static GString *
schedule_of (FramStunTransaction *transaction)
{
  GString *text = g_string_new (NULL);
  FramStunTransactionStep step;

  do
    {
      FramTime now = transaction->deadline;

      g_assert_cmpint (fram_stun_transaction_advance (transaction, now - 1), ==,
                       FRAM_STUN_TRANSACTION_WAIT);
      step = fram_stun_transaction_advance (transaction, now);
      g_assert_cmpint (step, !=, FRAM_STUN_TRANSACTION_WAIT);
      g_string_append_printf (text, step == FRAM_STUN_TRANSACTION_SEND ? "%g " : "end %g",
                              (double) (now - START) / FRAM_MILLISECONDS (1));
    }
  while (step == FRAM_STUN_TRANSACTION_SEND);
  return text;
}

static void
assert_schedule (const FramStunTiming *timing, const char *expected)
{
  FramStunTransaction transaction;
  g_autoptr (GString) text = NULL;

  start (&transaction, timing);
  text = schedule_of (&transaction);
  g_assert_cmpstr (text->str, ==, expected);
}

/* RFC 8489 §6.2.1 gives these very times for an RTO of 500 ms. */
static void
test_default (void)
{
  assert_schedule (&usual, "500 1500 3500 7500 15500 31500 end 39500");
}

static void
test_other_timings (void)
{
  FramStunTiming timing = usual;

  timing.rto = FRAM_MILLISECONDS (20);
  timing.count = 3;
  timing.last_wait = 2;
  assert_schedule (&timing, "20 60 end 100");

  timing.count = 1;
  assert_schedule (&timing, "end 40");

  timing.rto = FRAM_SECONDS (3600);
  timing.count = FRAM_STUN_MAX_TRANSMISSIONS;
  timing.last_wait = 255;
  {
    FramStunTransaction transaction;
    g_autoptr (GString) text = NULL;

    start (&transaction, &timing);
    text = schedule_of (&transaction);
    g_assert_cmpint (transaction.deadline - START, ==,
                     FRAM_SECONDS (3600) * (((gint64) 1 << 19) - 1 + 255));
  }
}

/* RFC 8489 §6.2.2: Ti, and no second transmission. */
static void
test_reliable (void)
{
  FramStunTiming timing = usual;

  timing.reliable = TRUE;
  assert_schedule (&timing, "end 39500");
  timing.timeout = FRAM_SECONDS (5);
  assert_schedule (&timing, "end 5000");
}

/* A host that slept does not send what it has missed in one burst: it waits anew. */
static void
test_late_caller (void)
{
  FramStunTransaction transaction;
  FramTime late = START + FRAM_SECONDS (100);

  start (&transaction, &usual);
  g_assert_cmpint (fram_stun_transaction_advance (&transaction, late), ==,
                   FRAM_STUN_TRANSACTION_SEND);
  g_assert_cmpint (transaction.last_sent, ==, late);
  g_assert_cmpint (transaction.deadline, ==, late + FRAM_SECONDS (1));
  g_assert_cmpint (fram_stun_transaction_advance (&transaction, late), ==,
                   FRAM_STUN_TRANSACTION_WAIT);
}

static void
test_stays_over (void)
{
  FramStunTransaction transaction;
  g_autoptr (GString) text = NULL;

  start (&transaction, &usual);
  text = schedule_of (&transaction);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (
        fram_stun_transaction_advance (&transaction, transaction.deadline + i), ==,
        FRAM_STUN_TRANSACTION_TIMEOUT);
  g_assert_cmpuint (transaction.n_sent, ==, 7);
}

/* However many were sent before, the end is where it would have been. */
static void
test_cancel (void)
{
  for (guint sent = 1; sent <= 7; sent++)
    {
      FramStunTransaction transaction;
      g_autoptr (GString) text = NULL;

      start (&transaction, &usual);
      while (transaction.n_sent < sent)
        fram_stun_transaction_advance (&transaction, transaction.deadline);
      fram_stun_transaction_cancel (&transaction);
      fram_stun_transaction_cancel (&transaction);
      text = schedule_of (&transaction);
      g_assert_cmpstr (text->str, ==, "end 39500");
      g_assert_cmpuint (transaction.n_sent, ==, sent);
    }
}

static void
test_cancel_reliable (void)
{
  FramStunTiming timing = usual;
  FramStunTransaction transaction;
  g_autoptr (GString) text = NULL;

  timing.reliable = TRUE;
  start (&transaction, &timing);
  fram_stun_transaction_cancel (&transaction);
  text = schedule_of (&transaction);
  g_assert_cmpstr (text->str, ==, "end 39500");
}

/* Karn: after a retransmission an answer tells nothing of the time it took. */
static void
test_measure (void)
{
  FramStunTransaction transaction;
  FramTime rtt = -1;

  start (&transaction, &usual);
  g_assert_true (fram_stun_transaction_measure (&transaction, START + 12345, &rtt));
  g_assert_cmpint (rtt, ==, 12345);

  fram_stun_transaction_cancel (&transaction);
  g_assert_true (fram_stun_transaction_measure (&transaction, START + 700000, &rtt));
  g_assert_cmpint (rtt, ==, 700000);

  start (&transaction, &usual);
  fram_stun_transaction_advance (&transaction, transaction.deadline);
  rtt = -1;
  g_assert_false (
      fram_stun_transaction_measure (&transaction, transaction.last_sent + 5, &rtt));
  g_assert_cmpint (rtt, ==, -1);
}

static void
test_ids_are_drawn (void)
{
  FramStunTransaction one, two;
  SeededRandom source, again;
  guint8 expected[12];

  seeded_random_init (&source, 9);
  seeded_random_init (&again, 9);
  fram_stun_transaction_start (&one, &usual, &source.random, START);
  fram_stun_transaction_start (&two, &usual, &source.random, START);
  again.random.fill (&again.random, expected, sizeof expected);
  g_assert_cmpmem (one.id.bytes, 12, expected, 12);
  g_assert_false (fram_stun_id_equal (&one.id, &two.id));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stun/transaction/default", test_default);
  g_test_add_func ("/stun/transaction/other-timings", test_other_timings);
  g_test_add_func ("/stun/transaction/reliable", test_reliable);
  g_test_add_func ("/stun/transaction/late-caller", test_late_caller);
  g_test_add_func ("/stun/transaction/stays-over", test_stays_over);
  g_test_add_func ("/stun/transaction/cancel", test_cancel);
  g_test_add_func ("/stun/transaction/cancel-reliable", test_cancel_reliable);
  g_test_add_func ("/stun/transaction/measure", test_measure);
  g_test_add_func ("/stun/transaction/ids-are-drawn", test_ids_are_drawn);
  return g_test_run ();
}
