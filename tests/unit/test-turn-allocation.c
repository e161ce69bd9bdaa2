/* Allocations: made, refused, redirected. */
#include "turn-world.h"

#include <string.h>

typedef struct
{
  TurnServerManner manner;
  guint n_allocates;
} Case;

static void
assert_relayed (TurnWorld *world, const char *expected)
{
  char text[FRAM_ADDRESS_TEXT];
  FramAddress relayed;

  g_assert_true (fram_turn_get_relayed (
      world->turn, expected[0] == '[' ? FRAM_FAMILY_IPV6 : FRAM_FAMILY_IPV4, &relayed));
  g_assert_cmpstr (fram_address_to_text (&relayed, text), ==, expected);
}

static void
test_made (gconstpointer data)
{
  const Case *test = data;
  TurnWorld world;
  FramAddress mapped;
  char text[FRAM_ADDRESS_TEXT];

  turn_world_init (&world);
  world.server.manner = test->manner;
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  turn_world_expect_nothing (&world);
  g_assert_true (fram_turn_is_allocated (world.turn));
  assert_relayed (&world, "203.0.113.2:50000");
  fram_turn_get_mapped (world.turn, &mapped);
  g_assert_cmpstr (fram_address_to_text (&mapped, text), ==, "198.51.100.7:40000");
  g_assert_cmpint (fram_turn_get_expiry (world.turn), ==, world.now + FRAM_SECONDS (600));
  g_assert_cmpuint (world.server.n_requests[FRAM_STUN_ALLOCATE], ==, test->n_allocates);

  fram_turn_close (world.turn, world.now);
  turn_world_settle (&world);
  g_assert_cmpuint (world.server.n_deletions, ==, 1);
  turn_world_expect_end (&world, FRAM_TURN_CLOSED, 0);
  turn_world_clear (&world);
}

/* With the challenge of another time, the first question is the last. */
static void
test_known_challenge (void)
{
  TurnWorld world;
  const char *realm, *nonce;

  turn_world_init (&world);
  world.config.realm = "lab";
  world.config.nonce = "nonce-1";
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  g_assert_cmpuint (world.server.n_requests[FRAM_STUN_ALLOCATE], ==, 1);
  g_assert_true (fram_turn_get_challenge (world.turn, &realm, &nonce));
  g_assert_cmpstr (realm, ==, "lab");
  g_assert_cmpstr (nonce, ==, "nonce-1");
  turn_world_clear (&world);
}

static void
test_known_challenge_is_stale (void)
{
  TurnWorld world;

  turn_world_init (&world);
  world.config.realm = "lab";
  world.config.nonce = "of yesterday";
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  g_assert_cmpuint (world.server.n_requests[FRAM_STUN_ALLOCATE], ==, 2);
  turn_world_clear (&world);
}

static void
test_both_families (void)
{
  TurnWorld world;

  turn_world_init (&world);
  world.config.families = FRAM_TURN_IPV4 | FRAM_TURN_IPV6;
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  assert_relayed (&world, "203.0.113.2:50000");
  assert_relayed (&world, "[2001:db8::2]:50000");
  turn_world_clear (&world);
}

/* coturn writes 0.0.0.0:0 for the family that it does not have. */
static void
test_one_of_both_families (void)
{
  TurnWorld world;
  FramAddress relayed;

  turn_world_init (&world);
  world.config.families = FRAM_TURN_IPV4 | FRAM_TURN_IPV6;
  fram_address_init_ipv4 (&world.server.relayed[1], 0, 0);
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  assert_relayed (&world, "203.0.113.2:50000");
  g_assert_false (fram_turn_get_relayed (world.turn, FRAM_FAMILY_IPV6, &relayed));
  turn_world_clear (&world);
}

static void
test_ipv6 (void)
{
  TurnWorld world;
  FramAddress relayed;

  turn_world_init (&world);
  world.config.families = FRAM_TURN_IPV6;
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  assert_relayed (&world, "[2001:db8::2]:50000");
  g_assert_false (fram_turn_get_relayed (world.turn, FRAM_FAMILY_IPV4, &relayed));
  turn_world_clear (&world);
}

/* RFC 8656 §7.3: an address of a family that was not asked for is given back. */
static void
test_unwanted_family (void)
{
  TurnWorld world;

  turn_world_init (&world);
  world.config.families = FRAM_TURN_IPV4;
  world.server.relayed[0] = world.server.relayed[1];
  turn_world_start (&world);
  g_assert_cmpuint (world.server.n_deletions, ==, 1);
  turn_world_expect_end (&world, FRAM_TURN_BAD_ANSWER, 0);
  turn_world_clear (&world);
}

static void
test_no_lifetime (void)
{
  TurnWorld world;

  turn_world_init (&world);
  world.server.manner = TURN_SERVER_NO_LIFETIME;
  turn_world_start (&world);
  turn_world_expect_end (&world, FRAM_TURN_BAD_ANSWER, 0);
  turn_world_clear (&world);
}

/* --- Not made ---------------------------------------------------------------------- */

typedef struct
{
  guint code;
  FramTurnOutcome outcome;
} Refusal;

static void
test_refused (gconstpointer data)
{
  const Refusal *refusal = data;
  TurnWorld world;

  turn_world_init (&world);
  world.server.refusal.method = FRAM_STUN_ALLOCATE;
  world.server.refusal.code = refusal->code;
  turn_world_start (&world);
  turn_world_expect_end (&world, refusal->outcome, refusal->code);
  /* The challenge, and one answer that is believed. */
  g_assert_cmpuint (world.server.n_requests[FRAM_STUN_ALLOCATE], ==, 2);
  turn_world_clear (&world);
}

/* An error without proof is believed when it comes again. */
static void
test_bare_error (void)
{
  TurnWorld world;

  turn_world_init (&world);
  world.server.manner = TURN_SERVER_BARE_ERRORS;
  world.server.refusal.method = FRAM_STUN_ALLOCATE;
  world.server.refusal.code = 486;
  turn_world_start (&world);
  turn_world_expect_nothing (&world);
  turn_world_expect_end (&world, FRAM_TURN_QUOTA, 486);
  g_assert_cmpuint (world.server.n_requests[FRAM_STUN_ALLOCATE], ==, 3);
  turn_world_clear (&world);
}

/* One that came once, forged, does no harm. */
static void
test_forged_error (void)
{
  TurnWorld world;

  turn_world_init (&world);
  world.server.manner = TURN_SERVER_BARE_ERRORS;
  world.server.refusal.method = FRAM_STUN_ALLOCATE;
  world.server.refusal.code = 403;
  world.server.refusal.times = 1;
  turn_world_start (&world);
  turn_world_expect_nothing (&world);
  turn_world_pass (&world, FRAM_SECONDS (1));
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  turn_world_clear (&world);
}

static void
test_bare_error_on_stream (void)
{
  TurnWorld world;

  turn_world_init (&world);
  world.config.reliable = TRUE;
  world.server.manner = TURN_SERVER_BARE_ERRORS;
  world.server.refusal.method = FRAM_STUN_ALLOCATE;
  world.server.refusal.code = 508;
  turn_world_start (&world);
  turn_world_expect_end (&world, FRAM_TURN_CAPACITY, 508);
  turn_world_clear (&world);
}

static void
test_silence (void)
{
  TurnWorld world;

  turn_world_init (&world);
  world.server.manner = TURN_SERVER_SILENT;
  turn_world_start (&world);
  turn_world_expect_end (&world, FRAM_TURN_SILENT, 0);
  /* RFC 8489 §6.2.1 */
  g_assert_cmpuint (world.n_packets, ==, 7);
  turn_world_clear (&world);
}

static void
test_no_credentials (void)
{
  TurnWorld world;

  turn_world_init (&world);
  world.config.credential.username = NULL;
  turn_world_start (&world);
  turn_world_expect_end (&world, FRAM_TURN_NO_CREDENTIALS, 401);
  g_assert_cmpuint (world.n_packets, ==, 1);
  turn_world_clear (&world);
}

static void
test_wrong_password (gconstpointer data)
{
  TurnWorld world;

  turn_world_init (&world);
  world.server.manner = GPOINTER_TO_UINT (data);
  world.config.credential.password = "Secret";
  turn_world_start (&world);
  turn_world_expect_end (&world, FRAM_TURN_WRONG_CREDENTIALS, 401);
  /* RFC 8489 §9.2.5: the same proof is not offered twice. */
  g_assert_cmpuint (world.n_packets, ==, 2);
  turn_world_clear (&world);
}

/* A newer password is tried where the old one is refused. */
static void
test_newer_password (void)
{
  TurnWorld world;
  FramTurnCredential newer = { .username = "anna", .password = "secret" };

  turn_world_init (&world);
  world.config.credential.password = "old";
  world.turn = fram_turn_new (&world.config, &world.random.random, world.now);
  fram_turn_set_credential (world.turn, &newer);
  turn_world_settle (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  turn_world_clear (&world);
}

static void
test_bid_down (void)
{
  TurnWorld world;

  turn_world_init (&world);
  world.server.manner = TURN_SERVER_BIDS_DOWN;
  turn_world_start (&world);
  turn_world_expect_end (&world, FRAM_TURN_TAMPERED, 401);
  g_assert_cmpuint (world.n_packets, ==, 1);
  turn_world_clear (&world);
}

static void
test_stale_for_ever (void)
{
  TurnWorld world;

  turn_world_init (&world);
  world.server.manner = TURN_SERVER_FORGETFUL;
  turn_world_start (&world);
  turn_world_expect_end (&world, FRAM_TURN_WRONG_CREDENTIALS, 438);
  g_assert_cmpuint (world.n_packets, <, 10);
  turn_world_clear (&world);
}

/* Successes that nobody signed are not believed. */
static void
test_unsigned_success (void)
{
  TurnWorld world;

  turn_world_init (&world);
  world.server.manner = TURN_SERVER_UNSIGNED;
  turn_world_start (&world);
  turn_world_expect_nothing (&world);
  world.server.allocated = FALSE;
  world.server.manner |= TURN_SERVER_SILENT;
  turn_world_expect_end (&world, FRAM_TURN_TAMPERED, 0);
  turn_world_clear (&world);
}

static void
test_lost_packets (void)
{
  TurnWorld world;

  turn_world_init (&world);
  world.n_lost = 3;
  turn_world_start (&world);
  turn_world_expect_nothing (&world);
  turn_world_pass (&world, FRAM_SECONDS (4));
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  turn_world_clear (&world);
}

static void
test_dont_fragment (void)
{
  TurnWorld world;

  turn_world_init (&world);
  world.config.dont_fragment = TRUE;
  world.server.manner = TURN_SERVER_NO_DF;
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  g_assert_cmpuint (world.server.n_requests[FRAM_STUN_ALLOCATE], ==, 3);
  turn_world_clear (&world);
}

/* RFC 8656 §7.4, 508: a port with a wish is given up for one without. */
static void
test_no_even_port (void)
{
  TurnWorld world;

  turn_world_init (&world);
  world.config.ports = FRAM_TURN_EVEN_PORT;
  world.server.refusal.method = FRAM_STUN_ALLOCATE;
  world.server.refusal.code = 508;
  world.server.refusal.times = 1;
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  turn_world_clear (&world);
}

/* --- Redirected -------------------------------------------------------------------- */

typedef struct
{
  const char *to;
  FramTurnOutcome outcome;
} Redirection;

static void
test_redirected (gconstpointer data)
{
  const Redirection *redirection = data;
  FramAddress asked[1];
  FramTurnEvent event;
  TurnWorld world;
  char text[FRAM_ADDRESS_TEXT];

  turn_world_init (&world);
  g_assert_true (fram_address_parse (&asked[0], "203.0.113.9:3478"));
  world.config.asked = asked;
  world.config.n_asked = 1;
  world.server.refusal.method = FRAM_STUN_ALLOCATE;
  world.server.refusal.code = 300;
  world.server.refusal.domain = "turn.example.org";
  if (redirection->to != NULL)
    g_assert_true (fram_address_parse (&world.server.refusal.alternate, redirection->to));
  turn_world_start (&world);
  event = turn_world_expect (&world, FRAM_TURN_EVENT_ENDED);
  g_assert_cmpint (event.outcome, ==, redirection->outcome);
  if (event.outcome == FRAM_TURN_ALTERNATE)
    {
      g_assert_cmpstr (fram_address_to_text (&event.peer, text), ==, redirection->to);
      g_assert_cmpstr (event.domain, ==, "turn.example.org");
    }
  fram_turn_event_clear (&event);
  turn_world_clear (&world);
}

int
main (int argc, char **argv)
{
  static const Case trusting = { TURN_SERVER_TRUSTING, 1 };
  static const Case plain = { TURN_SERVER_WELL, 2 };
  static const Case sha256 = { TURN_SERVER_SHA256, 2 };
  static const Case anonymous = { TURN_SERVER_SHA256 | TURN_SERVER_ANONYMOUS, 2 };
  static const Refusal refusals[]
      = { { 400, FRAM_TURN_BAD_REQUEST },  { 403, FRAM_TURN_FORBIDDEN },
          { 420, FRAM_TURN_BAD_REQUEST },  { 437, FRAM_TURN_MISMATCH },
          { 440, FRAM_TURN_NO_FAMILY },    { 441, FRAM_TURN_WRONG_CREDENTIALS },
          { 442, FRAM_TURN_NO_TRANSPORT }, { 486, FRAM_TURN_QUOTA },
          { 500, FRAM_TURN_SERVER_ERROR }, { 508, FRAM_TURN_CAPACITY },
          { 699, FRAM_TURN_SERVER_ERROR } };
  static const Redirection redirections[] = {
    { "203.0.113.5:3478", FRAM_TURN_ALTERNATE }, { "203.0.113.1:3478", FRAM_TURN_LOOP },
    { "203.0.113.9:3478", FRAM_TURN_LOOP },      { "127.0.0.1:3478", FRAM_TURN_LOOP },
    { "[2001:db8::5]:3478", FRAM_TURN_LOOP },    { NULL, FRAM_TURN_LOOP },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/turn/made/trusting", &trusting, test_made);
  g_test_add_data_func ("/turn/made/plain", &plain, test_made);
  g_test_add_data_func ("/turn/made/sha256", &sha256, test_made);
  g_test_add_data_func ("/turn/made/anonymous", &anonymous, test_made);
  g_test_add_func ("/turn/made/known-challenge", test_known_challenge);
  g_test_add_func ("/turn/made/known-challenge-is-stale", test_known_challenge_is_stale);
  g_test_add_func ("/turn/made/both-families", test_both_families);
  g_test_add_func ("/turn/made/one-of-both-families", test_one_of_both_families);
  g_test_add_func ("/turn/made/ipv6", test_ipv6);
  g_test_add_func ("/turn/made/lost-packets", test_lost_packets);
  g_test_add_func ("/turn/made/without-dont-fragment", test_dont_fragment);
  g_test_add_func ("/turn/made/without-even-port", test_no_even_port);
  g_test_add_func ("/turn/made/newer-password", test_newer_password);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *path = g_strdup_printf ("/turn/refused/%u", refusals[i].code);

      g_test_add_data_func (path, &refusals[i], test_refused);
    }
  g_test_add_func ("/turn/refused/bare-error", test_bare_error);
  g_test_add_func ("/turn/refused/forged-error", test_forged_error);
  g_test_add_func ("/turn/refused/bare-error-on-stream", test_bare_error_on_stream);
  g_test_add_func ("/turn/refused/silence", test_silence);
  g_test_add_func ("/turn/refused/no-credentials", test_no_credentials);
  g_test_add_data_func ("/turn/refused/wrong-password",
                        GUINT_TO_POINTER (TURN_SERVER_WELL), test_wrong_password);
  g_test_add_data_func ("/turn/refused/wrong-password-sha256",
                        GUINT_TO_POINTER (TURN_SERVER_SHA256), test_wrong_password);
  g_test_add_func ("/turn/refused/bid-down", test_bid_down);
  g_test_add_func ("/turn/refused/stale-for-ever", test_stale_for_ever);
  g_test_add_func ("/turn/refused/unsigned-success", test_unsigned_success);
  g_test_add_func ("/turn/refused/unwanted-family", test_unwanted_family);
  g_test_add_func ("/turn/refused/no-lifetime", test_no_lifetime);
  for (guint i = 0; i < G_N_ELEMENTS (redirections); i++)
    {
      g_autofree char *path = g_strdup_printf ("/turn/redirected/%u", i);

      g_test_add_data_func (path, &redirections[i], test_redirected);
    }
  return g_test_run ();
}
