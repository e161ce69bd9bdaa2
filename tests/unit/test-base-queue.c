/* Queues: order, items that stay where they are, and what of their places is kept. */
#include "base/queue.h"

typedef struct
{
  guint64 number;
  guint8 rest[40];
} Item;

static void
push (FramQueue *queue, guint64 number)
{
  Item *item = fram_queue_push (queue);

  for (guint i = 0; i < sizeof item->rest; i++)
    g_assert_cmpuint (item->rest[i], ==, 0);
  g_assert_cmpuint (item->number, ==, 0);
  *item = (Item){ .number = number, .rest = { 1, [39] = 2 } };
}

static void
expect (FramQueue *queue, guint64 number)
{
  Item item;

  g_assert_true (fram_queue_pop (queue, &item));
  g_assert_cmpuint (item.number, ==, number);
  g_assert_cmpuint (item.rest[0], ==, 1);
  g_assert_cmpuint (item.rest[39], ==, 2);
}

/* A queue that grows and shrinks, in which places are used again. */
static void
test_order (gconstpointer max_spare)
{
  FramQueue queue;
  Item none = { .number = 7 };
  guint64 in = 0, out = 0;

  fram_queue_init (&queue, sizeof (Item), GPOINTER_TO_UINT (max_spare));
  g_assert_false (fram_queue_pop (&queue, &none));
  for (guint round = 1; round < 20; round++)
    {
      for (guint i = 0; i < round; i++)
        push (&queue, in++);
      for (guint i = 0; i < round - round % 3; i++)
        expect (&queue, out++);
      g_assert_cmpuint (queue.n_spare, <=, queue.max_spare);
    }
  while (out < in)
    expect (&queue, out++);
  g_assert_false (fram_queue_pop (&queue, &none));
  g_assert_cmpuint (none.number, ==, 7);
  g_assert_cmpuint (queue.n_spare, ==, queue.max_spare);
  fram_queue_clear (&queue);
}

/* Who was given an item may write to it when others have come behind it. */
static void
test_items_stay (void)
{
  FramQueue queue;
  Item *first;

  fram_queue_init (&queue, sizeof (Item), 4);
  first = fram_queue_push (&queue);
  for (guint i = 0; i < 100; i++)
    push (&queue, i);
  *first = (Item){ .number = 1000, .rest = { 1, [39] = 2 } };
  expect (&queue, 1000);
  for (guint i = 0; i < 100; i++)
    expect (&queue, i);
  g_assert_cmpuint (queue.n_spare, ==, 4);
  fram_queue_clear (&queue);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/base/queue/order", GUINT_TO_POINTER (5), test_order);
  g_test_add_data_func ("/base/queue/order/nothing-kept", GUINT_TO_POINTER (0),
                        test_order);
  g_test_add_func ("/base/queue/items-stay", test_items_stay);
  return g_test_run ();
}
