/* The main loop: items are served without the context's being asked, and whatever the context
 * has to do is done all the same, however much there is to serve. */
#include "io/loop.h"
#include "plane-world.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_PIPES 40
/* Turns of a flood after which what waits beside it has been forgotten. */
#define FORGOTTEN 1000000

typedef struct
{
  FramPollItem item; /* the first: the handler's */
  GMainContext *context;
  FramPoller *poller;
  GSource *witness; /* is asked whenever the context is */
  guint n_asked;
  guint n_served;
  guint enough;    /* served, and it is over; 0: never */
  gboolean floods; /* what is there is left there */
  gboolean is_over;
  int pipe[2];  /* of the item */
  int other[2]; /* of a source of the context */
  guint n_told; /* that source */
} Loop;

typedef struct
{
  GSource source;
  Loop *loop;
} Witness;

static gboolean
prepare (GSource *source, gint *timeout)
{
  ((Witness *) source)->loop->n_asked++;
  *timeout = -1;
  return FALSE;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
on_ready (FramPollItem *item, guint32 events, gpointer user_data)
{
  Loop *loop = user_data;
  char byte;

  g_assert_cmpuint (events, ==, EPOLLIN);
  if (!loop->floods)
    g_assert_cmpint (read (item->fd, &byte, 1), ==, 1);
  loop->n_served++;
  loop->is_over |= loop->n_served == loop->enough;
  g_assert_cmpuint (loop->n_served, <, FORGOTTEN);
}

/* Who serves says when the context is to look at its sources: here, that it is over. */
static gboolean
on_turn_ended (gpointer user_data)
{
  return !((Loop *) user_data)->is_over;
}

static gboolean
end (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
attach (GSource *source, GMainContext *context, GSourceFunc callback, gpointer user_data)
{
  g_source_set_callback (source, callback, user_data, NULL);
  g_source_attach (source, context);
  g_source_unref (source);
}

static void
loop_init (Loop *loop)
{
  static GSourceFuncs functions = { .prepare = prepare, .dispatch = dispatch };
  g_autoptr (GError) error = NULL;

  *loop = (Loop){ .context = g_main_context_new () };
  loop->poller = fram_poller_new (loop->context, on_turn_ended, loop, &error);
  g_assert_no_error (error);
  loop->witness = g_source_new (&functions, sizeof (Witness));
  ((Witness *) loop->witness)->loop = loop;
  g_source_attach (loop->witness, loop->context);
  g_unix_open_pipe (loop->pipe, FD_CLOEXEC, &error);
  g_assert_no_error (error);
  g_unix_open_pipe (loop->other, FD_CLOEXEC, &error);
  g_assert_no_error (error);
  loop->item
      = (FramPollItem){ .fd = loop->pipe[0], .events = EPOLLIN, .ready = on_ready };
  fram_poller_add (loop->poller, &loop->item, &error);
  g_assert_no_error (error);
}

static void
loop_clear (Loop *loop)
{
  fram_poller_remove (loop->poller, &loop->item);
  fram_poller_free (loop->poller);
  g_source_destroy (loop->witness);
  g_source_unref (loop->witness);
  g_main_context_unref (loop->context);
  for (guint i = 0; i < 2; i++)
    {
      close (loop->pipe[i]);
      close (loop->other[i]);
    }
}

static void
loop_run (Loop *loop)
{
  loop->is_over = FALSE;
  fram_loop_run (loop->context, loop->poller, &loop->is_over);
}

static void
put (int fd, guint n)
{
  while (n-- > 0)
    g_assert_cmpint (write (fd, "x", 1), ==, 1);
}

/* What is told once was told by somebody else than the item. */
static gboolean
on_other (gint fd, GIOCondition condition, gpointer user_data)
{
  Loop *loop = user_data;
  char byte;

  g_assert_cmpuint (condition, ==, G_IO_IN);
  g_assert_cmpint (read (fd, &byte, 1), ==, 1);
  loop->n_told++;
  loop->is_over = TRUE;
  return G_SOURCE_CONTINUE;
}

static void
watch_other (Loop *loop, int fd)
{
  GSource *source = g_unix_fd_source_new (fd, G_IO_IN);

  attach (source, loop->context, G_SOURCE_FUNC (on_other), loop);
}

static void
test_items_alone (void)
{
  Loop loop;

  loop_init (&loop);
  loop.enough = 500;
  put (loop.pipe[1], 500);
  loop_run (&loop);
  g_assert_cmpuint (loop.n_served, ==, 500);
  /* GLib wakes itself once for each descriptor that was added. */
  g_assert_cmpuint (loop.n_asked, <=, 2);
  loop_clear (&loop);
}

/* The same by a loop that knows nothing of the poller, as each test of the data plane has it. */
static void
test_common_loop (void)
{
  Loop loop;

  loop_init (&loop);
  loop.enough = 500;
  put (loop.pipe[1], 500);
  while (!loop.is_over)
    g_main_context_iteration (loop.context, TRUE);
  g_assert_cmpuint (loop.n_served, ==, 500);
  g_assert_cmpuint (loop.n_asked, >=, 500);
  loop_clear (&loop);
}

static void
test_others_in_a_flood (void)
{
  Loop loop;

  loop_init (&loop);
  loop.floods = TRUE;
  put (loop.pipe[1], 1);
  watch_other (&loop, loop.other[0]);
  for (guint i = 1; i <= 3; i++)
    {
      put (loop.other[1], 1);
      loop_run (&loop);
      g_assert_cmpuint (loop.n_told, ==, i);
    }
  g_assert_cmpuint (loop.n_served, >, 0);
  loop_clear (&loop);
}

static void
test_timer_in_a_flood (void)
{
  Loop loop;

  loop_init (&loop);
  loop.floods = TRUE;
  put (loop.pipe[1], 1);
  attach (g_timeout_source_new (5), loop.context, end, &loop.is_over);
  loop_run (&loop);
  g_assert_cmpuint (loop.n_served, >, 0);
  loop_clear (&loop);
}

static gboolean
count_down (gpointer user_data)
{
  Loop *loop = user_data;

  loop->is_over = ++loop->n_told == 10;
  return G_SOURCE_CONTINUE;
}

/* Who always has something to do and who is always ready take turns. */
static void
test_idle_source_in_a_flood (void)
{
  Loop loop;

  loop_init (&loop);
  loop.floods = TRUE;
  put (loop.pipe[1], 1);
  attach (g_idle_source_new (), loop.context, count_down, &loop);
  loop_run (&loop);
  g_assert_cmpuint (loop.n_served, >=, 9);
  g_assert_cmpuint (loop.n_served, <=, 11);
  loop_clear (&loop);
}

static gpointer
end_from_thread (gpointer user_data)
{
  Loop *loop = user_data;

  attach (g_idle_source_new (), loop->context, end, &loop->is_over);
  return NULL;
}

/* Nothing else would ever end the waiting. */
static void
test_thread (void)
{
  GThread *thread;
  Loop loop;

  loop_init (&loop);
  thread = g_thread_new ("other", end_from_thread, &loop);
  loop_run (&loop);
  g_thread_join (thread);
  loop_clear (&loop);
}

/* The context's descriptors look as before, but one of them is another file. */
static void
test_reused_number (void)
{
  g_autoptr (GError) error = NULL;
  int later[2];
  Loop loop;

  loop_init (&loop);
  watch_other (&loop, loop.other[0]);
  put (loop.other[1], 1);
  loop_run (&loop);
  g_unix_open_pipe (later, FD_CLOEXEC, &error);
  g_assert_no_error (error);
  g_assert_cmpint (dup2 (later[0], loop.other[0]), ==, loop.other[0]);
  close (later[0]);
  put (later[1], 1);
  loop_run (&loop);
  g_assert_cmpuint (loop.n_told, ==, 2);
  close (later[1]);
  loop_clear (&loop);
}

/* The file that had the number lives on elsewhere and has something to tell: nobody asks. */
static void
test_number_that_is_asked_for_no_more (void)
{
  Loop loop;
  int copy;

  loop_init (&loop);
  watch_other (&loop, loop.other[0]);
  put (loop.other[1], 1);
  loop_run (&loop);
  copy = dup (loop.other[0]);
  g_source_destroy (g_main_context_find_source_by_user_data (loop.context, &loop));
  close (loop.other[0]);
  put (loop.other[1], 1);

  loop.enough = 20;
  put (loop.pipe[1], 20);
  loop_run (&loop);
  g_assert_cmpuint (loop.n_served, ==, 20);
  g_assert_cmpuint (loop.n_told, ==, 1);
  loop.other[0] = copy;
  loop_clear (&loop);
}

/* No epoll set takes it. */
static void
test_file (void)
{
  g_autofree char *name = NULL;
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp ("fram-loop-XXXXXX", &name, &error);
  Loop loop;

  g_assert_no_error (error);
  put (fd, 1);
  lseek (fd, 0, SEEK_SET);
  loop_init (&loop);
  loop.floods = TRUE;
  put (loop.pipe[1], 1);
  watch_other (&loop, fd);
  loop_run (&loop);
  g_assert_cmpuint (loop.n_told, ==, 1);

  /* And the items are served beside it. */
  loop.enough = loop.n_served + 20;
  g_source_destroy (g_main_context_find_source_by_user_data (loop.context, &loop));
  loop_run (&loop);
  loop_clear (&loop);
  close (fd);
  unlink (name);
}

static void
test_many_others (void)
{
  int pipes[N_PIPES][2];
  g_autoptr (GError) error = NULL;
  Loop loop;

  loop_init (&loop);
  for (guint i = 0; i < N_PIPES; i++)
    {
      g_unix_open_pipe (pipes[i], FD_CLOEXEC, &error);
      g_assert_no_error (error);
      watch_other (&loop, pipes[i][0]);
    }
  for (guint i = 0; i < N_PIPES; i++)
    {
      put (pipes[i][1], 1);
      put (loop.pipe[1], 1);
      loop_run (&loop);
      g_assert_cmpuint (loop.n_told, ==, i + 1);
    }
  loop.enough = N_PIPES;
  if (loop.n_served < loop.enough)
    loop_run (&loop);
  g_assert_cmpuint (loop.n_served, ==, N_PIPES);
  loop_clear (&loop);
  for (guint i = 0; i < N_PIPES; i++)
    {
      close (pipes[i][0]);
      close (pipes[i][1]);
    }
}

static void
look_on (gpointer user_data, const FramComponent *component, gboolean outgoing,
         const struct iovec *datagram)
{
  (*(guint *) user_data)++;
}

/* What the plane does that its owner, or whoever looks on, must see to. */
static void
test_more_than_data (void)
{
  static const guint8 request[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 };
  guint n_shown = 0;
  World world;

  world_init (&world, FRAM_FAMILY_IPV4);
  send (world.a.app, "data", 4, 0);
  world_expect (&world, world.b.app, "data", 4);
  g_assert_cmpuint (world.a.n_data_turns, >, 0);
  g_assert_cmpuint (world.a.n_data_turns, ==, world.a.n_turns);
  g_assert_cmpuint (world.b.n_data_turns, >, 0);
  g_assert_cmpuint (world.b.n_data_turns, ==, world.b.n_turns);

  side_transmit (&world.b, &world.a.address, request, sizeof request);
  world_await_received (&world, 1);
  g_assert_cmpuint (world.a.n_data_turns, ==, world.a.n_turns - 1);

  fram_plane_set_tap (world.b.plane, look_on, &n_shown);
  send (world.b.app, "shown", 5, 0);
  world_expect (&world, world.a.app, "shown", 5);
  g_assert_cmpuint (n_shown, ==, 1);
  g_assert_cmpuint (world.b.n_data_turns, ==, world.b.n_turns - 1);
  world_clear (&world);
}

static gboolean
has_lost_application (World *world, gpointer data)
{
  FramComponentStats stats;

  return !fram_plane_get_component_stats (world->a.plane, &world->a.key, &stats);
}

static void
test_application_that_goes (void)
{
  World world;
  guint n_turns;

  world_init (&world, FRAM_FAMILY_IPV4);
  n_turns = world.a.n_turns - world.a.n_data_turns;
  close (world.a.app);
  world.a.app = -1;
  world_wait (&world, has_lost_application, NULL);
  g_assert_cmpuint (world.a.n_turns - world.a.n_data_turns, >, n_turns);
  world_clear (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/io/loop/items-alone", test_items_alone);
  g_test_add_func ("/io/loop/common-loop", test_common_loop);
  g_test_add_func ("/io/loop/others-in-a-flood", test_others_in_a_flood);
  g_test_add_func ("/io/loop/timer-in-a-flood", test_timer_in_a_flood);
  g_test_add_func ("/io/loop/idle-source-in-a-flood", test_idle_source_in_a_flood);
  g_test_add_func ("/io/loop/thread", test_thread);
  g_test_add_func ("/io/loop/reused-number", test_reused_number);
  g_test_add_func ("/io/loop/number-that-is-asked-for-no-more",
                   test_number_that_is_asked_for_no_more);
  g_test_add_func ("/io/loop/file", test_file);
  g_test_add_func ("/io/loop/many-others", test_many_others);
  g_test_add_func ("/io/loop/more-than-data", test_more_than_data);
  g_test_add_func ("/io/loop/application-that-goes", test_application_that_goes);
  return g_test_run ();
}
