/* The delay box's queue, on a clock that is stepped by hand. */
#include <string.h>

#include "delay-queue.h"

#define MS 1000

static gboolean
push (DelayQueue *queue, guint8 name, gsize wire, gint64 now)
{
  return delay_queue_push (queue, &name, 1, wire, now);
}

/* The name of the frame that is due, or 0. */
static guint8
pop (DelayQueue *queue, gint64 now)
{
  g_autofree DelayFrame *frame = delay_queue_pop (queue, now);

  if (frame == NULL)
    return 0;
  g_assert_cmpuint (frame->length, ==, 1);
  return frame->data[0];
}

static void
test_delay (void)
{
  const DelayPolicy policy = { .delay = 25 * MS };
  g_autoptr (DelayQueue) queue = delay_queue_new (&policy, 1);

  g_assert_cmpint (delay_queue_next (queue), ==, G_MAXINT64);
  g_assert_true (push (queue, 'a', 100, 1000));
  g_assert_true (push (queue, 'b', 100, 1000));
  g_assert_true (push (queue, 'c', 100, 1500));
  g_assert_cmpint (delay_queue_next (queue), ==, 1000 + 25 * MS);
  g_assert_cmpuint (pop (queue, 999 + 25 * MS), ==, 0);
  g_assert_cmpuint (pop (queue, 1000 + 25 * MS), ==, 'a');
  g_assert_cmpuint (pop (queue, 1000 + 25 * MS), ==, 'b');
  g_assert_cmpuint (pop (queue, 1000 + 25 * MS), ==, 0);
  g_assert_cmpint (delay_queue_next (queue), ==, 1500 + 25 * MS);
  g_assert_cmpuint (pop (queue, 60 * MS), ==, 'c');
}

static void
test_rate (void)
{
  /* 1000 bytes in a millisecond. */
  const DelayPolicy policy = { .delay = 10 * MS, .rate = 8e6, .backlog = 5 * MS };
  g_autoptr (DelayQueue) queue = delay_queue_new (&policy, 1);

  g_assert_true (push (queue, 'a', 1000, 0));
  g_assert_true (push (queue, 'b', 500, 0));
  g_assert_cmpint (delay_queue_next (queue), ==, 11 * MS);
  g_assert_cmpuint (pop (queue, 11 * MS), ==, 'a');
  g_assert_cmpint (delay_queue_next (queue), ==, 11 * MS + 500);
  g_assert_cmpuint (pop (queue, 12 * MS), ==, 'b');

  /* What leaves after a pause does not pay for what was before. */
  g_assert_true (push (queue, 'c', 1000, 100 * MS));
  g_assert_cmpint (delay_queue_next (queue), ==, 111 * MS);
}

static void
test_backlog (void)
{
  const DelayPolicy policy = { .rate = 8e6, .backlog = 3 * MS };
  g_autoptr (DelayQueue) queue = delay_queue_new (&policy, 1);

  for (guint i = 0; i < 4; i++)
    g_assert_true (push (queue, 'x', 1000, 0));
  g_assert_false (push (queue, 'y', 1000, 0));
  g_assert_true (push (queue, 'z', 1000, 1 * MS));
}

static void
test_jitter (void)
{
  const DelayPolicy policy = { .delay = 20 * MS, .jitter = 5 * MS };
  g_autoptr (DelayQueue) queue = delay_queue_new (&policy, 7);
  gboolean overtaken = FALSE;
  guint64 last = 0;

  for (guint i = 0; i < 100; i++)
    g_assert_true (push (queue, (guint8) i, 100, 0));
  for (guint i = 0; i < 100; i++)
    {
      gint64 due = delay_queue_next (queue);
      g_autofree DelayFrame *frame = delay_queue_pop (queue, due);

      g_assert_cmpint (due, >=, 15 * MS);
      g_assert_cmpint (due, <, 25 * MS);
      overtaken |= frame->order < last;
      last = frame->order;
    }
  g_assert_true (overtaken);
}

static guint
count_passed (guint32 seed, double loss)
{
  const DelayPolicy policy = { .loss = loss };
  g_autoptr (DelayQueue) queue = delay_queue_new (&policy, seed);
  guint n_passed = 0;

  for (guint i = 0; i < 10000; i++)
    n_passed += push (queue, 'x', 100, 0);
  return n_passed;
}

static void
test_loss (void)
{
  guint n_passed = count_passed (1, 0.3);

  /* Six standard deviations. */
  g_assert_cmpuint (n_passed, >, 7000 - 275);
  g_assert_cmpuint (n_passed, <, 7000 + 275);
  g_assert_cmpuint (n_passed, ==, count_passed (1, 0.3));
  g_assert_cmpuint (count_passed (1, 0.0), ==, 10000);
  g_assert_cmpuint (count_passed (1, 1.0), ==, 0);
}

static void
test_memory_is_bounded (void)
{
  const DelayPolicy policy = { .delay = 60000 * MS };
  g_autoptr (DelayQueue) queue = delay_queue_new (&policy, 1);
  g_autofree guint8 *large = g_malloc0 (1024 * 1024);
  guint n_taken = 0;

  while (n_taken < 1000 && delay_queue_push (queue, large, 1024 * 1024, 100, 0))
    n_taken++;
  g_assert_cmpuint (n_taken, ==, 64);
  g_free (delay_queue_pop (queue, 60000 * MS));
  g_assert_true (delay_queue_push (queue, large, 1024 * 1024, 100, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/delay-queue/delay", test_delay);
  g_test_add_func ("/delay-queue/rate", test_rate);
  g_test_add_func ("/delay-queue/backlog", test_backlog);
  g_test_add_func ("/delay-queue/jitter", test_jitter);
  g_test_add_func ("/delay-queue/loss", test_loss);
  g_test_add_func ("/delay-queue/memory-is-bounded", test_memory_is_bounded);
  return g_test_run ();
}
