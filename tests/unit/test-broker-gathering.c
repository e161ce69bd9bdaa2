/* How long a session gathers: by what is known of servers and ways, never for the slowest. */
#include "lone-host.h"

#include "broker/broker-private.h"

#define MS(n) FRAM_MILLISECONDS (n)

static FramTime
gather (LoneHost *host, gboolean trickle)
{
  FramSessionId session = lone_host_open (host, trickle);

  lone_host_run (host, FRAM_SECONDS (8));
  return lone_host_gathered (host, session);
}

static FramTime
gather_and_close (LoneHost *host)
{
  FramSessionId session = lone_host_open (host, FALSE);
  FramTime duration;

  lone_host_run (host, FRAM_SECONDS (8));
  duration = lone_host_gathered (host, session);
  lone_host_close (host, session);
  lone_host_run (host, MS (1));
  return duration;
}

static void
no_linger (LoneHost *host)
{
  FramBrokerPolicy policy = { .linger = 0 };

  fram_broker_set_policy (host->broker, &policy, host->now);
}

/* The first answer is delivered at once; the second server has two of its round trips. */
static void
test_first_answer (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  FramSessionId session;

  lone_host_add_server (host, "198.51.100.1", MS (30));
  lone_host_add_server (host, "198.51.100.2", MS (800));
  session = lone_host_open (host, FALSE);
  lone_host_run (host, MS (31));
  g_assert_cmpuint (lone_host_count_lines (host, session, "srflx"), ==, 1);
  g_assert_cmpint (lone_host_gathered (host, session), ==, -1);
  lone_host_run (host, FRAM_SECONDS (2));
  g_assert_cmpint (lone_host_gathered (host, session), ==, MS (90));
}

/* A dead server beside a live one is not waited for, neither the first time nor later. */
static void
test_dead_server (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");

  lone_host_add_server (host, "198.51.100.1", 0)->dead = TRUE;
  lone_host_add_server (host, "198.51.100.2", MS (40));
  g_assert_cmpint (gather (host, FALSE), ==, MS (5 + 40 + 80));
  /* The next session has another base, as it takes part in no lane of an offer. */
  g_assert_cmpint (gather (host, FALSE), <=, MS (5 + 40));
  g_assert_cmpint (gather (host, FALSE), <=, MS (5 + 40));
}

/* Where nobody came by for a while, hundreds of sessions are due: they are seen to in parts, between
 * which their packets are sent, and others read. */
static void
test_crowd_in_parts (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  guint n_done;

  lone_host_add_server (host, "198.51.100.1", 0)->dead = TRUE;
  for (guint i = 0; i < 600; i++)
    lone_host_open (host, TRUE);
  host->now += FRAM_SECONDS (60);
  do
    {
      n_done = host->done->len;
      fram_broker_advance (host->broker, host->now);
      lone_host_settle (host);
      g_assert_cmpuint (host->done->len - n_done, <=, 256);
    }
  while (fram_broker_deadline (host->broker) <= host->now);
  g_assert_cmpuint (host->done->len, >, 256);
}

/* The next one does not wait for it either, however soon it comes. */
static void
test_dead_server_soon (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  FramTime first = MS (5 + 40 + 80);
  FramSessionId next;

  lone_host_add_server (host, "198.51.100.1", 0)->dead = TRUE;
  lone_host_add_server (host, "198.51.100.2", MS (40));
  lone_host_open (host, FALSE);
  lone_host_run (host, first);
  next = lone_host_open (host, FALSE);
  lone_host_run (host, MS (40));
  g_assert_cmpint (lone_host_gathered (host, next), ==, MS (40));
}

/* A server that is slow, and not dead, is asked again by the next session. */
static void
test_slow_server (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  LoneServer *slow = lone_host_add_server (host, "198.51.100.1", MS (300));
  FramKnownNetwork nothing = { .name = "net" };

  lone_host_add_server (host, "198.51.100.2", MS (40));
  fram_broker_told_network (host->broker, &nothing, host->now);
  no_linger (host);
  /* Else one of them would do. */
  host->outside = "203.0.113.1";
  host->symmetric = TRUE;
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (gather_and_close (host), <=, MS (5 + 40 + 80));
      g_assert_cmpuint (slow->n_questions, ==, i + 1);
      g_assert_cmpint (
          fram_network_get_rtt (&host->broker->network, &slow->address, FRAM_KNOWN_UDP),
          ==, MS (300));
    }
  g_assert_cmpuint (lone_host_count_facts (host, FRAM_FACT_DEAF), ==, 0);
}

/* Who is told that all were found is told of no other, whenever the answers come; but who trickles
 * hears, all the same, of what comes when gathering had to end without any answer. */
static void
test_done_is_last (gconstpointer trickle)
{
  for (guint rtt = 50; rtt <= 2000; rtt += 50)
    {
      g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2,192.168.2.2");
      gboolean is_late = rtt > 1000;
      FramSessionId session;

      lone_host_add_server (host, "198.51.100.1", 0)->dead = TRUE;
      lone_host_add_server (host, "198.51.100.2", MS (rtt));
      host->outside = "203.0.113.1";
      session = lone_host_open (host, GPOINTER_TO_INT (trickle));
      lone_host_run (host, FRAM_SECONDS (4));
      g_assert_cmpint (lone_host_gathered (host, session), >=, MS (MIN (rtt, 1000)));
      g_assert_cmpuint (lone_host_count_lines (host, session, "srflx"), ==,
                        is_late && !GPOINTER_TO_INT (trickle) ? 0 : 2);
      g_assert_cmpuint (host->n_late, ==, is_late && GPOINTER_TO_INT (trickle) ? 2 : 0);
    }
}

/* Beside one that answers, it is asked four times, and is deaf after 7.5 s. */
static void
test_dead_server_is_left (gconstpointer first)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  FramKnownNetwork nothing = { .name = "net" };
  LoneServer *live = NULL, *dead;

  fram_broker_told_network (host->broker, &nothing, host->now);
  if (GPOINTER_TO_INT (first))
    live = lone_host_add_server (host, "198.51.100.2", MS (40));
  dead = lone_host_add_server (host, "198.51.100.1", 0);
  dead->dead = TRUE;
  if (live == NULL)
    lone_host_add_server (host, "198.51.100.2", MS (40));
  lone_host_open (host, FALSE);
  lone_host_run (host, MS (7400));
  g_assert_cmpuint (dead->n_questions, ==, 4);
  g_assert_cmpuint (lone_host_count_facts (host, FRAM_FACT_DEAF), ==, 0);
  lone_host_run (host, MS (200));
  g_assert_cmpuint (dead->n_questions, ==, 4);
  g_assert_cmpuint (lone_host_count_facts (host, FRAM_FACT_DEAF), ==, 1);
}

/* Nothing answers: a second, once. */
static void
test_all_dead (gconstpointer linger)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2,10.0.0.2");

  if (!GPOINTER_TO_INT (linger))
    no_linger (host);
  lone_host_add_server (host, "198.51.100.1", 0)->dead = TRUE;
  lone_host_add_server (host, "198.51.100.2", 0)->dead = TRUE;
  g_assert_cmpint (gather_and_close (host), <=, FRAM_SECONDS (1) + MS (20));
  g_assert_cmpint (gather_and_close (host), ==, 0);
}

/* An interface that leads nowhere: the first session waits as long as the server takes on
 * the other one, the next ones not at all, and a server that is new there neither. */
static void
test_nowhere (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2,10.0.0.2");

  no_linger (host);
  host->deaf = "10.0.0.2";
  lone_host_add_server (host, "198.51.100.1", MS (40));
  g_assert_cmpint (gather_and_close (host), <=, MS (5 + 3 * 40 + 50));
  g_assert_cmpint (gather_and_close (host), <=, MS (5 + 40));
  lone_host_add_server (host, "198.51.100.2", MS (60));
  g_assert_cmpint (gather_and_close (host), <=, MS (10 + 40 + 80));
}

/* A server that is known has three round trips and a little more. */
static void
test_known_server (gconstpointer rtt)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  LoneServer *server
      = lone_host_add_server (host, "198.51.100.1", MS (GPOINTER_TO_INT (rtt)));
  FramTime bound = CLAMP (3 * server->rtt + MS (50), MS (100), FRAM_SECONDS (1));

  no_linger (host);
  g_assert_cmpint (gather_and_close (host), ==, server->rtt);
  server->dead = TRUE;
  g_assert_cmpint (gather_and_close (host), ==, bound);
  g_assert_cmpint (gather_and_close (host), ==, 0);
  server->dead = FALSE;
  g_assert_cmpint (gather_and_close (host), ==, 0);
  g_assert_cmpint (gather_and_close (host), ==, server->rtt);
}

/* Where the server answers the second transmission, the candidate still comes in time. */
static void
test_lost_question (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  LoneServer *server = lone_host_add_server (host, "198.51.100.1", MS (50));
  FramSessionId session;

  no_linger (host);
  gather_and_close (host);
  server->dead = TRUE;
  session = lone_host_open (host, FALSE);
  lone_host_run (host, MS (20));
  server->dead = FALSE;
  lone_host_run (host, FRAM_SECONDS (3));
  g_assert_cmpint (lone_host_gathered (host, session), ==, MS (150));
  g_assert_cmpuint (lone_host_count_lines (host, session, "srflx"), ==, 1);
}

/* What is deaf is asked again after 1, 3, 7, 15 ... minutes, and heard when it answers. */
static void
test_deaf_is_asked_again (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  LoneServer *server = lone_host_add_server (host, "198.51.100.1", MS (50));
  FramKnownNetwork nothing = { .name = "net" };
  FramSessionId session;
  guint n;

  server->dead = TRUE;
  fram_broker_told_network (host->broker, &nothing, host->now);
  session = lone_host_open (host, TRUE);
  lone_host_run (host, FRAM_SECONDS (41));
  g_assert_cmpuint (lone_host_count_facts (host, FRAM_FACT_DEAF), ==, 1);
  g_assert_cmpuint (lone_host_count_facts (host, FRAM_FACT_SERVER_SILENT), ==, 1);
  g_assert_cmpuint (server->n_questions, ==, 7);
  lone_host_run (host, FRAM_SECONDS (55));
  g_assert_cmpuint (server->n_questions, ==, 7);
  lone_host_run (host, FRAM_SECONDS (10));
  g_assert_cmpuint (server->n_questions, ==, 10);
  lone_host_run (host, FRAM_SECONDS (110));
  g_assert_cmpuint (server->n_questions, ==, 10);
  lone_host_run (host, FRAM_SECONDS (20));
  g_assert_cmpuint (server->n_questions, ==, 13);
  /* In the end each half hour. */
  lone_host_run (host, FRAM_SECONDS (7200));
  n = server->n_questions;
  lone_host_run (host, FRAM_SECONDS (10 * 1800));
  g_assert_cmpuint (server->n_questions - n, <=, 3 * 10);
  g_assert_cmpuint (server->n_questions - n, >=, 3 * 9);

  g_assert_cmpuint (lone_host_count_lines (host, session, "srflx"), ==, 0);
  server->dead = FALSE;
  lone_host_run (host, FRAM_SECONDS (1900));
  g_assert_cmpuint (lone_host_count_lines (host, session, "srflx"), ==, 1);
  g_assert_cmpuint (lone_host_count_facts (host, FRAM_FACT_HEARD), ==, 1);
  g_assert_cmpint (gather (host, FALSE), <=, server->rtt);
}

/* Of many bases before a deaf server one asks for all, and all ask when it is heard. */
static void
test_one_asks_for_all (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  LoneServer *server = lone_host_add_server (host, "198.51.100.1", MS (50));
  guint n;

  server->dead = TRUE;
  for (guint i = 0; i < 10; i++)
    lone_host_open (host, FALSE);
  lone_host_run (host, FRAM_SECONDS (42));
  n = server->n_questions;
  g_assert_cmpuint (n, ==, 70);
  lone_host_run (host, FRAM_SECONDS (70));
  g_assert_cmpuint (server->n_questions, ==, n + 3);
  server->dead = FALSE;
  lone_host_run (host, FRAM_SECONDS (130));
  g_assert_cmpuint (server->n_questions, >=, n + 3 + 10);
}

/* A crowd outlasts the second, because the pacer has so much to ask; nobody loses a candidate
 * for that, and the questions go before the second server's. */
/* A port has as many sessions as can have sockets of their own there; then comes the next. */
static void
test_full_port (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  FramBrokerTotals totals;
  FramSessionId first = 0;

  for (guint i = 0; i <= FRAM_LANE_MAX_USERS; i++)
    {
      FramSessionId session = lone_host_open (host, TRUE);

      first = i == 0 ? session : first;
      fram_broker_get_totals (host->broker, &totals);
      g_assert_cmpuint (totals.n_bases, ==, i < FRAM_LANE_MAX_USERS ? 1 : 2);
    }
  /* Who leaves makes room. */
  lone_host_close (host, first);
  lone_host_open (host, TRUE);
  lone_host_open (host, TRUE);
  fram_broker_get_totals (host->broker, &totals);
  g_assert_cmpuint (totals.n_lanes, ==, 2);
}

static void
test_crowd (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2,10.0.0.2");
  FramSessionId sessions[120];

  lone_host_add_server (host, "198.51.100.1", MS (20));
  lone_host_add_server (host, "198.51.100.2", MS (20));
  for (guint i = 0; i < G_N_ELEMENTS (sessions); i++)
    sessions[i] = lone_host_open (host, FALSE);
  lone_host_run (host, FRAM_SECONDS (8));
  for (guint i = 0; i < G_N_ELEMENTS (sessions); i++)
    {
      g_assert_cmpuint (lone_host_count_lines (host, sessions[i], "srflx"), ==, 2);
      g_assert_cmpint (lone_host_gathered (host, sessions[i]), <=,
                       MS (2 * 120 * 5 + 20 + 40 + 10));
    }
}

/* Where the NAT gives the same address to all, the quickest server suffices; another one is
 * asked when it is silent. */
static void
test_one_server_suffices (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  LoneServer *slow = lone_host_add_server (host, "198.51.100.1", MS (90));
  LoneServer *quick = lone_host_add_server (host, "198.51.100.2", MS (30));
  FramSessionId session;
  guint n_slow, n_quick;

  no_linger (host);
  gather_and_close (host);
  lone_host_learn_cone (host);
  n_slow = slow->n_questions;
  n_quick = quick->n_questions;
  g_assert_cmpint (gather_and_close (host), ==, quick->rtt);
  g_assert_cmpuint (slow->n_questions, ==, n_slow);
  g_assert_cmpuint (quick->n_questions, ==, n_quick + 1);

  quick->dead = TRUE;
  session = lone_host_open (host, FALSE);
  lone_host_run (host, FRAM_SECONDS (3));
  g_assert_cmpuint (slow->n_questions, ==, n_slow + 1);
  g_assert_cmpuint (lone_host_count_lines (host, session, "srflx"), ==, 1);
  g_assert_cmpint (lone_host_gathered (host, session), ==, MS (140 + 90));
}

/* Behind such a NAT, another session has found out meanwhile that the server that was asked is
 * silent: the other one is asked at once.  `closed`: by a session that finds the question on the
 * base that it gets. */
static void
test_doubted_meanwhile (gconstpointer closed)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  LoneServer *other = lone_host_add_server (host, "198.51.100.1", MS (90));
  LoneServer *silent = lone_host_add_server (host, "198.51.100.2", MS (30));
  FramSessionId session;

  host->outside = "203.0.113.1";
  no_linger (host);
  gather_and_close (host);
  lone_host_learn_cone (host);
  silent->dead = TRUE;
  fram_broker_set_policy (host->broker, &(FramBrokerPolicy){ .linger = MS (500) },
                          host->now);
  other->n_questions = 0;
  session = lone_host_open (host, FALSE);
  lone_host_run (host, MS (10));
  fram_broker_learn_doubt (host->broker, "if0", silent->uri, FRAM_FAMILY_IPV4,
                           FRAM_KNOWN_UDP, host->now);
  g_assert_cmpuint (other->n_questions, ==, 0);
  if (GPOINTER_TO_INT (closed))
    {
      lone_host_close (host, session);
      session = lone_host_open (host, FALSE);
    }
  else
    lone_host_told (host, "192.168.1.2,10.0.0.2");
  lone_host_run (host, MS (10));
  g_assert_cmpuint (other->n_questions, >, 0);
  lone_host_run (host, FRAM_SECONDS (1));
  g_assert_cmpuint (lone_host_count_lines (host, session, "203.0.113.1"), >, 0);
}

/* A server that was asked after the other had answered, as its name was not known before, is not
 * doubted after some milliseconds. */
static void
test_asked_late (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  GHashTableIter iter;
  FramMapping *answered, *late;
  FramBase *base;

  lone_host_add_server (host, "198.51.100.1", MS (11));
  lone_host_add_server (host, "198.51.100.2", MS (300));
  lone_host_open (host, FALSE);
  lone_host_run (host, MS (12));
  g_hash_table_iter_init (&iter, host->broker->bases.by_id);
  g_assert_true (g_hash_table_iter_next (&iter, NULL, (gpointer *) &base));
  answered = g_ptr_array_index (base->mappings, 0);
  late = g_ptr_array_index (base->mappings, 1);
  g_assert_cmpint (answered->state, ==, FRAM_MAPPING_KNOWN);
  g_assert_cmpint (late->state, ==, FRAM_MAPPING_ASKING);
  late->transaction.started = answered->since + MS (18);
  g_assert_false (fram_broker_mapping_is_late (host->broker, late,
                                               answered->since + 2 * answered->rtt));
  g_assert_true (fram_broker_mapping_is_late (
      host->broker, late, late->transaction.started + 2 * answered->rtt));
}

/* No route to the server: the kernel says so, and nobody waits. */
static void
test_unreachable (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  LoneServer *server = lone_host_add_server (host, "198.51.100.1", 0);
  FramSessionId session;
  GHashTableIter iter;
  gpointer base;

  server->dead = TRUE;
  session = lone_host_open (host, FALSE);
  lone_host_run (host, MS (3));
  g_assert_cmpint (lone_host_gathered (host, session), ==, -1);
  g_hash_table_iter_init (&iter, host->sockets);
  g_assert_true (g_hash_table_iter_next (&iter, &base, NULL));
  fram_broker_told_unreachable (host->broker, GPOINTER_TO_UINT (base), &server->address,
                                host->now);
  lone_host_settle (host);
  g_assert_cmpint (lone_host_gathered (host, session), ==, MS (3));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/gathering/first-answer", test_first_answer);
  g_test_add_func ("/broker/gathering/dead-server", test_dead_server);
  g_test_add_func ("/broker/gathering/crowd-in-parts", test_crowd_in_parts);
  g_test_add_func ("/broker/gathering/dead-server-soon", test_dead_server_soon);
  g_test_add_func ("/broker/gathering/slow-server", test_slow_server);
  g_test_add_data_func ("/broker/gathering/done-is-last", GINT_TO_POINTER (FALSE),
                        test_done_is_last);
  g_test_add_data_func ("/broker/gathering/done-is-last-trickle", GINT_TO_POINTER (TRUE),
                        test_done_is_last);
  g_test_add_data_func ("/broker/gathering/dead-server-is-left", GINT_TO_POINTER (FALSE),
                        test_dead_server_is_left);
  g_test_add_data_func ("/broker/gathering/dead-server-is-left-2", GINT_TO_POINTER (TRUE),
                        test_dead_server_is_left);
  g_test_add_data_func ("/broker/gathering/all-dead", GINT_TO_POINTER (FALSE),
                        test_all_dead);
  g_test_add_data_func ("/broker/gathering/all-dead-warm", GINT_TO_POINTER (TRUE),
                        test_all_dead);
  g_test_add_func ("/broker/gathering/nowhere", test_nowhere);
  g_test_add_data_func ("/broker/gathering/known-near", GINT_TO_POINTER (1),
                        test_known_server);
  g_test_add_data_func ("/broker/gathering/known-far", GINT_TO_POINTER (200),
                        test_known_server);
  g_test_add_func ("/broker/gathering/lost-question", test_lost_question);
  g_test_add_func ("/broker/gathering/deaf-is-asked-again", test_deaf_is_asked_again);
  g_test_add_func ("/broker/gathering/one-asks-for-all", test_one_asks_for_all);
  g_test_add_func ("/broker/gathering/crowd", test_crowd);
  g_test_add_func ("/broker/gathering/full-port", test_full_port);
  g_test_add_func ("/broker/gathering/one-server-suffices", test_one_server_suffices);
  g_test_add_data_func ("/broker/gathering/doubted-meanwhile", GINT_TO_POINTER (FALSE),
                        test_doubted_meanwhile);
  g_test_add_data_func ("/broker/gathering/doubted-before", GINT_TO_POINTER (TRUE),
                        test_doubted_meanwhile);
  g_test_add_func ("/broker/gathering/asked-late", test_asked_late);
  g_test_add_func ("/broker/gathering/unreachable", test_unreachable);
  return g_test_run ();
}
