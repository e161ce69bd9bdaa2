/* How what sessions send is marked: checks, answers and data, for as long as they last.
 * (RFC 8445 §7.2.3) */
#include "wire.h"

#define EF 46
#define AF41 34

typedef struct
{
  Wire *wire;
  WireHost *a, *b;
  FramSessionId ours, theirs;
} Fixture;

static void
setup (Fixture *f, gconstpointer data)
{
  FramSessionOptions options = { .owner = ":1.1", .dscp = EF };

  f->wire = wire_new (FRAM_MILLISECONDS (1));
  f->a = wire_add_host (f->wire, "192.0.2.1");
  f->b = wire_add_host (f->wire, "192.0.2.2");
  f->ours = fram_broker_create_session (f->a->broker, &options, f->wire->now, NULL);
  options.dscp = 0;
  options.role_fixed = TRUE;
  options.role = FRAM_ROLE_CONTROLLED;
  f->theirs = fram_broker_create_session (f->b->broker, &options, f->wire->now, NULL);
  wire_settle (f->wire);
  wire_signal (f->a, f->ours, f->b, f->theirs);
  wire_signal (f->b, f->theirs, f->a, f->ours);
  wire_run (f->wire, FRAM_SECONDS (20));
  g_assert_cmpint (wire_state (f->a, f->ours), ==, FRAM_STATE_COMPLETED);
}

static void
teardown (Fixture *f, gconstpointer data)
{
  wire_free (f->wire);
}

static const FramEvent *
find_path (WireHost *host)
{
  const FramEvent *path = NULL;

  for (guint i = 0; i < host->log->len; i++)
    if (g_array_index (host->log, FramEvent, i).type == FRAM_EVENT_PATH)
      path = &g_array_index (host->log, FramEvent, i);
  g_assert_nonnull (path);
  return path;
}

/* Checks and answers of one side, and nothing of the other. */
static void
test_option (Fixture *f, gconstpointer data)
{
  g_assert_cmpuint (f->a->n_marked[EF], ==, f->a->n_transmitted);
  g_assert_cmpuint (f->b->n_marked[0], ==, f->b->n_transmitted);
  g_assert_cmpuint (find_path (f->a)->dscp, ==, EF);
  g_assert_cmpuint (find_path (f->b)->dscp, ==, 0);
}

static void
test_changed (Fixture *f, gconstpointer data)
{
  FramEvent before = *find_path (f->a);
  guint n = f->a->n_marked[EF];

  g_assert_true (fram_broker_set_dscp (f->a->broker, f->ours, 0, 1, AF41, NULL));
  wire_run (f->wire, FRAM_SECONDS (20));
  g_assert_cmpuint (find_path (f->a)->dscp, ==, AF41);
  g_assert_cmpuint (find_path (f->a)->base, ==, before.base);
  g_assert_true (fram_address_equal (&find_path (f->a)->remote, &before.remote));
  g_assert_cmpuint (f->a->n_marked[EF], ==, n);
  g_assert_cmpuint (f->a->n_marked[AF41], >, 3);
}

static void
test_restart (Fixture *f, gconstpointer data)
{
  guint n;

  g_assert_true (fram_broker_restart (f->a->broker, f->ours, f->wire->now, NULL));
  g_assert_true (fram_broker_restart (f->b->broker, f->theirs, f->wire->now, NULL));
  wire_settle (f->wire);
  n = f->a->n_transmitted;
  wire_signal (f->a, f->ours, f->b, f->theirs);
  wire_signal (f->b, f->theirs, f->a, f->ours);
  wire_run (f->wire, FRAM_SECONDS (10));
  g_assert_cmpint (wire_state (f->a, f->ours), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpuint (f->a->n_transmitted, >, n);
  g_assert_cmpuint (f->a->n_marked[EF], ==, f->a->n_transmitted);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  const struct
  {
    guint session, stream, component, dscp;
    FramBrokerError code;
  } wrong[] = {
    { f->ours, 0, 1, 64, FRAM_BROKER_ERROR_INVALID_ARGUMENT },
    { f->ours, 0, 1, G_MAXUINT, FRAM_BROKER_ERROR_INVALID_ARGUMENT },
    { f->ours, 0, 0, 1, FRAM_BROKER_ERROR_INVALID_ARGUMENT },
    { f->ours, 0, 2, 1, FRAM_BROKER_ERROR_INVALID_ARGUMENT },
    { f->ours, 1, 1, 1, FRAM_BROKER_ERROR_INVALID_ARGUMENT },
    { f->ours + 7, 0, 1, 1, FRAM_BROKER_ERROR_NO_SESSION },
  };
  guint n = f->a->log->len;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (fram_broker_set_dscp (f->a->broker, wrong[i].session,
                                            wrong[i].stream, wrong[i].component,
                                            wrong[i].dscp, &error));
      g_assert_error (error, FRAM_BROKER_ERROR, (gint) wrong[i].code);
    }
  /* The same again changes nothing. */
  g_assert_true (fram_broker_set_dscp (f->a->broker, f->ours, 0, 1, EF, NULL));
  wire_settle (f->wire);
  g_assert_cmpuint (f->a->log->len, ==, n);
}

#define CASE(name, function)                                                             \
  g_test_add ("/broker/dscp/" name, Fixture, NULL, setup, function, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("option", test_option);
  CASE ("changed", test_changed);
  CASE ("restart", test_restart);
  CASE ("refused", test_refused);
  return g_test_run ();
}
