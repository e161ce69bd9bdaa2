/* Mappings: asked once for all, kept alive once for all, followed when they change. */
#include "lone-host.h"

#include <string.h>

#include "broker/broker-private.h"

#define MS(n) FRAM_MILLISECONDS (n)

static guint
count_questions_in (LoneHost *host, FramTime duration)
{
  guint n = lone_host_count_questions (host);

  lone_host_run (host, duration);
  return lone_host_count_questions (host) - n;
}

static FramMappingRow
get_row (LoneHost *host, guint i)
{
  g_autoptr (GArray) rows = fram_broker_list_mappings (host->broker, host->now);

  g_assert_cmpuint (rows->len, >, i);
  return g_array_index (rows, FramMappingRow, i);
}

static guint
count_local_lines (LoneHost *host, FramSessionId session, const char *part)
{
  g_autoptr (GPtrArray) lines = fram_broker_list_local_lines (host->broker, session, 0);
  guint n = 0;

  for (guint i = 0; i < lines->len; i++)
    n += strstr (g_ptr_array_index (lines, i), part) != NULL;
  return n;
}

static void
learn_lifetime (LoneHost *host, FramTime alive, FramTime dead)
{
  fram_broker_learn_lifetime (host->broker, "if0", FRAM_FAMILY_IPV4, alive, dead,
                              host->now);
}

/* Ten applications with ten sessions each: one question to each server, one keep-alive. */
static void
test_one_for_all (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  FramSessionId sessions[100];
  guint n;

  lone_host_add_server (host, "198.51.100.1", MS (20));
  lone_host_add_server (host, "198.51.100.2", MS (20));
  for (guint i = 0; i < G_N_ELEMENTS (sessions); i++)
    sessions[i] = lone_host_open (host, TRUE);
  g_assert_cmpuint (count_questions_in (host, FRAM_SECONDS (10)), ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (sessions); i++)
    g_assert_cmpuint (lone_host_count_lines (host, sessions[i], "srflx"), ==, 1);
  g_assert_cmpuint (get_row (host, 0).n_sessions, ==, 100);

  /* 15 to 16.5 s apart. */
  n = count_questions_in (host, FRAM_SECONDS (1650));
  g_assert_cmpuint (n, >=, 100);
  g_assert_cmpuint (n, <=, 110);
  g_assert_cmpint (get_row (host, 0).interval, ==, FRAM_SECONDS (15));
  g_assert_cmpint (get_row (host, 0).next, <=, FRAM_SECONDS (17));
  g_assert_cmpint (get_row (host, 1).next, ==, -1);
}

/* Of the ports that a symmetric NAT gives, one is shown, and one is kept. */
static void
test_symmetric (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  FramSessionId session;

  host->symmetric = TRUE;
  lone_host_add_server (host, "198.51.100.1", MS (20));
  lone_host_add_server (host, "198.51.100.2", MS (20));
  session = lone_host_open (host, TRUE);
  lone_host_run (host, FRAM_SECONDS (10));
  g_assert_cmpuint (lone_host_count_lines (host, session, "srflx"), ==, 1);
  g_assert_cmpuint (count_questions_in (host, FRAM_SECONDS (330)), <=, 23);
}

/* Nothing is translated: nothing is kept. */
static void
test_no_nat (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  FramSessionId session;

  host->outside = NULL;
  lone_host_add_server (host, "198.51.100.1", MS (20));
  session = lone_host_open (host, TRUE);
  g_assert_cmpuint (count_questions_in (host, FRAM_SECONDS (600)), ==, 1);
  g_assert_cmpuint (lone_host_count_lines (host, session, "srflx"), ==, 0);
  g_assert_cmpint (get_row (host, 0).state, ==, FRAM_MAPPING_ROW_KNOWN);
}

/* The interval follows the lifetime that was measured, from the next moment on. */
static void
test_lifetime (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  FramKnownNetwork nothing = { .name = "net" };
  guint n;

  fram_broker_told_network (host->broker, &nothing, host->now);
  lone_host_add_server (host, "198.51.100.1", MS (20));
  lone_host_open (host, TRUE);
  lone_host_run (host, FRAM_SECONDS (1));
  learn_lifetime (host, FRAM_SECONDS (8), FRAM_SECONDS (9));
  g_assert_cmpint (get_row (host, 0).interval, ==, FRAM_SECONDS (4));
  g_assert_cmpint (get_row (host, 0).next, <=, FRAM_SECONDS (4));
  n = count_questions_in (host, FRAM_SECONDS (400));
  g_assert_cmpuint (n, >=, 100);
  g_assert_cmpuint (n, <=, 112);

  learn_lifetime (host, FRAM_SECONDS (60), FRAM_SECONDS (66));
  g_assert_cmpint (get_row (host, 0).interval, ==, FRAM_SECONDS (54));
  n = count_questions_in (host, FRAM_SECONDS (540));
  g_assert_cmpuint (n, >=, 10);
  g_assert_cmpuint (n, <=, 12);
  lone_host_settle (host);
  g_assert_cmpuint (lone_host_count_facts (host, FRAM_FACT_LIFETIME), ==, 2);
  /* What is said again is no news. */
  learn_lifetime (host, FRAM_SECONDS (60), FRAM_SECONDS (66));
  lone_host_settle (host);
  g_assert_cmpuint (lone_host_count_facts (host, FRAM_FACT_LIFETIME), ==, 2);
}

/* Another address: all sessions get it, and lose the one that is gone. */
static void
test_changed (gconstpointer data)
{
  gboolean is_ip = GPOINTER_TO_INT (data);
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  FramSessionId sessions[3];

  lone_host_add_server (host, "198.51.100.1", MS (20));
  lone_host_add_server (host, "198.51.100.2", MS (20));
  for (guint i = 0; i < G_N_ELEMENTS (sessions); i++)
    sessions[i] = lone_host_open (host, TRUE);
  lone_host_run (host, FRAM_SECONDS (5));
  if (is_ip)
    host->outside = "203.0.113.77";
  else
    host->shift = 2000;
  lone_host_run (host, FRAM_SECONDS (17));
  for (guint i = 0; i < G_N_ELEMENTS (sessions); i++)
    {
      g_assert_cmpuint (lone_host_count_lines (host, sessions[i], "srflx"), ==, 2);
      g_assert_cmpuint (count_local_lines (host, sessions[i], "srflx"), ==, 1);
      g_assert_cmpuint (
          count_local_lines (host, sessions[i], is_ip ? "203.0.113.77" : " 22000 "), ==,
          1);
    }
}

/* A session that has failed does not keep its peer busy with new addresses. */
static void
test_changed_after_failure (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  FramDescription remote = { .ufrag = "abcd", .pwd = "0123456789012345678901" };
  FramSessionId failed, other;

  lone_host_add_server (host, "198.51.100.1", MS (20));
  failed = lone_host_open (host, TRUE);
  other = lone_host_open (host, TRUE);
  lone_host_run (host, FRAM_SECONDS (1));
  fram_broker_set_remote_description (host->broker, failed, &remote, host->now, NULL);
  fram_broker_end_remote_candidates (host->broker, failed, NULL, host->now, NULL);
  lone_host_run (host, FRAM_SECONDS (45));
  host->shift = 2000;
  lone_host_run (host, FRAM_SECONDS (20));
  g_assert_cmpuint (lone_host_count_lines (host, failed, "srflx"), ==, 1);
  g_assert_cmpuint (lone_host_count_lines (host, other, "srflx"), ==, 2);
}

/* The bases before one NAT: what one of them finds, the others look at. */
static void
test_changed_for_others (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  FramSessionId one, other;

  lone_host_add_server (host, "198.51.100.1", MS (20));
  one = lone_host_open (host, FALSE);
  lone_host_run (host, FRAM_SECONDS (8));
  other = lone_host_open (host, FALSE);
  lone_host_run (host, FRAM_SECONDS (3));
  host->outside = "203.0.113.77";
  lone_host_run (host, FRAM_SECONDS (6));
  g_assert_cmpuint (count_local_lines (host, one, "203.0.113.77"), ==, 1);
  g_assert_cmpuint (count_local_lines (host, other, "203.0.113.77"), ==, 1);
}

/* A mapping that is not answered any more is found so within some seconds, another server's
 * takes its place, and it comes back. */
static void
test_lost (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  LoneServer *first = lone_host_add_server (host, "198.51.100.1", MS (20));
  LoneServer *second = lone_host_add_server (host, "198.51.100.2", MS (40));
  FramSessionId session = lone_host_open (host, TRUE);

  lone_host_run (host, FRAM_SECONDS (1));
  first->dead = TRUE;
  lone_host_run (host, FRAM_SECONDS (15 + 2 + 4));
  g_assert_cmpint (get_row (host, 0).state, ==, FRAM_MAPPING_ROW_DEAF);
  g_assert_cmpint (get_row (host, 1).state, ==, FRAM_MAPPING_ROW_KNOWN);
  g_assert_cmpint (get_row (host, 1).next, >, 0);
  g_assert_cmpuint (count_local_lines (host, session, "srflx"), ==, 1);
  second->dead = TRUE;
  lone_host_run (host, FRAM_SECONDS (15 + 2 + 4));
  g_assert_cmpuint (count_local_lines (host, session, "srflx"), ==, 0);
  first->dead = second->dead = FALSE;
  lone_host_run (host, FRAM_SECONDS (70));
  g_assert_cmpuint (count_local_lines (host, session, "srflx"), ==, 1);
}

/* After a blackout of some seconds it is back within some more. */
static void
test_blackout (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  LoneServer *server = lone_host_add_server (host, "198.51.100.1", MS (20));
  FramSessionId session;

  lone_host_open (host, TRUE);
  lone_host_run (host, FRAM_SECONDS (10));
  server->dead = TRUE;
  lone_host_run (host, FRAM_SECONDS (12));
  g_assert_cmpint (get_row (host, 0).state, ==, FRAM_MAPPING_ROW_DEAF);
  server->dead = FALSE;
  lone_host_run (host, FRAM_SECONDS (8));
  g_assert_cmpint (get_row (host, 0).state, ==, FRAM_MAPPING_ROW_KNOWN);
  session = lone_host_open (host, TRUE);
  g_assert_cmpint (lone_host_gathered (host, session), ==, 0);
}

/* What the network tells of itself is looked at at once: other addresses, another network. */
static void
test_events (gconstpointer data)
{
  guint which = GPOINTER_TO_UINT (data);
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  FramKnownNetwork net = { .name = "net" };
  FramPathEnd path = { .base = 1 };
  FramSessionId session;

  fram_broker_told_network (host->broker, &net, host->now);
  lone_host_add_server (host, "198.51.100.1", MS (20));
  session = lone_host_open (host, TRUE);
  lone_host_run (host, FRAM_SECONDS (4));
  host->outside = "203.0.113.77";
  if (which == 0)
    lone_host_told (host, "192.168.1.2,192.168.7.7");
  else if (which == 1)
    lone_host_told (host, "other=192.168.1.2");
  else if (which == 2)
    fram_broker_told_network (host->broker, &net, host->now);
  else
    fram_broker_doubt_path (host->broker, &path, host->now);
  lone_host_run (host, MS (40));
  g_assert_cmpuint (count_local_lines (host, session, "203.0.113.77"), ==,
                    which == 0 ? 2 : 1);
  /* The same again is no event. */
  if (which == 0)
    {
      lone_host_told (host, "192.168.1.2,192.168.7.7");
      g_assert_cmpuint (count_questions_in (host, FRAM_SECONDS (5)), ==, 0);
    }
}

/* A NAT that forgets sooner than it is asked, twice, has a shorter life. */
static void
test_too_late (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");

  lone_host_add_server (host, "198.51.100.1", MS (20));
  lone_host_open (host, TRUE);
  lone_host_run (host, FRAM_SECONDS (5));
  host->shift = 2000;
  lone_host_run (host, FRAM_SECONDS (14));
  g_assert_cmpint (get_row (host, 0).interval, ==, FRAM_SECONDS (15));
  host->shift = 3000;
  lone_host_run (host, FRAM_SECONDS (17));
  g_assert_cmpint (get_row (host, 0).interval, <, FRAM_SECONDS (15));
}

/* A hundred mappings do not fire together. */
static void
test_spread (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  guint most = 0;

  lone_host_add_server (host, "198.51.100.1", MS (20));
  for (guint i = 0; i < 100; i++)
    lone_host_open (host, FALSE);
  lone_host_run (host, FRAM_SECONDS (100));
  for (guint i = 0; i < 150; i++)
    most = MAX (most, count_questions_in (host, MS (100)));
  g_assert_cmpuint (most, >, 0);
  g_assert_cmpuint (most, <=, 8);
}

static guint
count_sockets (LoneHost *host)
{
  return g_hash_table_size (host->sockets);
}

static void
test_linger (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  FramBrokerPolicy always = { .linger = FRAM_TIME_NEVER }, off = { .linger = 0 };
  FramSessionId session;

  lone_host_add_server (host, "198.51.100.1", MS (20));
  session = lone_host_open (host, FALSE);
  lone_host_run (host, FRAM_SECONDS (1));
  lone_host_close (host, session);
  /* The mapping stays warm: the next session has it at once. */
  g_assert_cmpuint (count_questions_in (host, FRAM_SECONDS (58)), >=, 3);
  session = lone_host_open (host, FALSE);
  g_assert_cmpint (lone_host_gathered (host, session), ==, 0);
  g_assert_cmpuint (lone_host_count_lines (host, session, "srflx"), ==, 1);
  lone_host_close (host, session);
  lone_host_run (host, FRAM_SECONDS (59));
  g_assert_cmpuint (count_sockets (host), ==, 1);

  fram_broker_set_policy (host->broker, &always, host->now);
  lone_host_run (host, FRAM_SECONDS (7200));
  g_assert_cmpuint (count_sockets (host), ==, 1);
  session = lone_host_open (host, FALSE);
  g_assert_cmpint (lone_host_gathered (host, session), ==, 0);
  lone_host_close (host, session);

  fram_broker_set_policy (host->broker, &off, host->now);
  lone_host_run (host, 0);
  g_assert_cmpuint (count_sockets (host), ==, 0);
  session = lone_host_open (host, FALSE);
  lone_host_run (host, FRAM_SECONDS (1));
  lone_host_close (host, session);
  lone_host_run (host, 0);
  g_assert_cmpuint (count_sockets (host), ==, 0);
  g_assert_cmpint (fram_broker_deadline (host->broker), ==, FRAM_TIME_NEVER);
}

/* Of a crowd, what is always kept is bounded. */
static void
test_linger_of_a_crowd (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  FramBrokerPolicy always = { .linger = FRAM_TIME_NEVER };
  FramSessionId sessions[20];

  fram_broker_set_policy (host->broker, &always, host->now);
  for (guint i = 0; i < G_N_ELEMENTS (sessions); i++)
    sessions[i] = lone_host_open (host, FALSE);
  lone_host_run (host, FRAM_SECONDS (1));
  for (guint i = 0; i < G_N_ELEMENTS (sessions); i++)
    lone_host_close (host, sessions[i]);
  g_assert_cmpuint (count_sockets (host), ==, 20);
  lone_host_run (host, FRAM_SECONDS (61));
  g_assert_cmpuint (count_sockets (host), ==, 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/mappings/one-for-all", test_one_for_all);
  g_test_add_func ("/broker/mappings/symmetric", test_symmetric);
  g_test_add_func ("/broker/mappings/no-nat", test_no_nat);
  g_test_add_func ("/broker/mappings/lifetime", test_lifetime);
  g_test_add_data_func ("/broker/mappings/changed-port", GINT_TO_POINTER (FALSE),
                        test_changed);
  g_test_add_data_func ("/broker/mappings/changed-ip", GINT_TO_POINTER (TRUE),
                        test_changed);
  g_test_add_func ("/broker/mappings/changed-after-failure", test_changed_after_failure);
  g_test_add_func ("/broker/mappings/changed-for-others", test_changed_for_others);
  g_test_add_func ("/broker/mappings/lost", test_lost);
  g_test_add_func ("/broker/mappings/blackout", test_blackout);
  g_test_add_data_func ("/broker/mappings/address-comes", GUINT_TO_POINTER (0),
                        test_events);
  g_test_add_data_func ("/broker/mappings/interface-changes", GUINT_TO_POINTER (1),
                        test_events);
  g_test_add_data_func ("/broker/mappings/network-changes", GUINT_TO_POINTER (2),
                        test_events);
  g_test_add_data_func ("/broker/mappings/path-falls-silent", GUINT_TO_POINTER (3),
                        test_events);
  g_test_add_func ("/broker/mappings/too-late", test_too_late);
  g_test_add_func ("/broker/mappings/spread", test_spread);
  g_test_add_func ("/broker/mappings/linger", test_linger);
  g_test_add_func ("/broker/mappings/linger-of-a-crowd", test_linger_of_a_crowd);
  return g_test_run ();
}
