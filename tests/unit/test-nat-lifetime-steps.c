/* The measurement step by step: what it asks for in what order, and whom it believes. */
#include "base/big-endian.h"
#include "nat-world.h"
#include "nat/lifetime.h"
#include "stun/builder.h"

static const char server_text[] = "203.0.113.2:3478";

typedef struct
{
  SimDice dice;
  FramNatLifetime *lifetime;
  FramNatEvent request;
} Hand;

static void
hand_init (Hand *hand, FramTime now)
{
  FramNatLifetimeConfig config = { .n_sockets = 2 };

  sim_dice_init (&hand->dice, 1);
  fram_address_parse (&config.server, server_text);
  hand->lifetime = fram_nat_lifetime_new (&config, &hand->dice.random, now);
}

static void
assert_opens (Hand *hand, guint socket)
{
  FramNatEvent event;

  do
    g_assert_true (fram_nat_lifetime_pop (hand->lifetime, &event));
  while (event.type == FRAM_NAT_EVENT_CHANGED);
  g_assert_cmpint (event.type, ==, FRAM_NAT_EVENT_OPEN);
  g_assert_cmpuint (event.socket, ==, socket);
}

static void
assert_nothing_more (Hand *hand)
{
  FramNatEvent event;

  g_assert_false (fram_nat_lifetime_pop (hand->lifetime, &event));
}

static void
ask (Hand *hand, guint socket, FramTime now)
{
  g_assert_cmpint (fram_nat_lifetime_send_due (hand->lifetime), <=, now);
  g_assert_true (fram_nat_lifetime_send (hand->lifetime, now));
  do
    g_assert_true (fram_nat_lifetime_pop (hand->lifetime, &hand->request));
  while (hand->request.type == FRAM_NAT_EVENT_CHANGED);
  g_assert_cmpint (hand->request.type, ==, FRAM_NAT_EVENT_TRANSMIT);
  g_assert_cmpuint (hand->request.socket, ==, socket);
  assert_nothing_more (hand);
}

/* An answer to the latest request; `other_id`: to none. */
static gboolean
tell (Hand *hand, FramStunClass klass, gboolean other_id, guint socket,
      const char *from_text, FramTime now)
{
  FramAddress from, mapped;
  FramStunMessage request;
  FramStunBuilder builder;
  guint8 buffer[100];

  g_assert_true (fram_address_parse (&from, from_text));
  g_assert_true (fram_address_parse (&mapped, "192.0.2.1:5555"));
  fram_stun_message_parse (&request, hand->request.data, hand->request.length);
  request.id.bytes[0] ^= other_id;
  fram_stun_builder_init (&builder, buffer, sizeof buffer, klass, FRAM_STUN_BINDING,
                          &request.id);
  fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, &mapped);
  return fram_nat_lifetime_receive (hand->lifetime, socket, &from, buffer,
                                    fram_stun_builder_end (&builder), now);
}

/* As far as the first trial: whether the server can do it. */
static void
begin (Hand *hand)
{
  hand_init (hand, 0);
  assert_opens (hand, 0);
  assert_nothing_more (hand);
  g_assert_cmpint (fram_nat_lifetime_send_due (hand->lifetime), ==, FRAM_TIME_NEVER);
  g_assert_cmpint (fram_nat_lifetime_deadline (hand->lifetime), ==, FRAM_TIME_NEVER);
  fram_nat_lifetime_told_opened (hand->lifetime, 0, 0);
  assert_opens (hand, 1);
  assert_nothing_more (hand);
  fram_nat_lifetime_told_opened (hand->lifetime, 1, 0);
  assert_nothing_more (hand);
  g_assert_cmpint (fram_nat_lifetime_send_due (hand->lifetime), ==, 0);
  ask (hand, 1, 0);
  g_assert_true (tell (hand, FRAM_STUN_SUCCESS, FALSE, 1, server_text, 40000));
  g_assert_cmpint (fram_nat_lifetime_deadline (hand->lifetime), ==, 40000);
  fram_nat_lifetime_advance (hand->lifetime, 40000);
  g_assert_cmpint (fram_nat_lifetime_send_due (hand->lifetime), ==,
                   FRAM_MILLISECONDS (100));
}

static void
test_first_trial (void)
{
  FramStunMessage request;
  FramStunAttribute port;
  FramTime now = FRAM_MILLISECONDS (100);
  Hand hand;

  begin (&hand);
  ask (&hand, 0, now);
  fram_stun_message_parse (&request, hand.request.data, hand.request.length);
  g_assert_true (fram_stun_message_find (&request, FRAM_STUN_ATTR_RESPONSE_PORT, &port));
  g_assert_cmpuint (fram_load_be16 (port.value), ==, 5555);
  g_assert_true (tell (&hand, FRAM_STUN_SUCCESS, FALSE, 1, server_text, now + 40000));

  /* Each trial has a new socket; they run side by side. */
  assert_opens (&hand, 1);
  assert_opens (&hand, 2);
  assert_nothing_more (&hand);
  fram_nat_lifetime_told_opened (hand.lifetime, 1, now);
  fram_nat_lifetime_told_opened (hand.lifetime, 2, now);
  /* A socket that was not asked for changes nothing. */
  fram_nat_lifetime_told_opened (hand.lifetime, 2, now);
  ask (&hand, 1, now + FRAM_MILLISECONDS (100));
  g_assert_true (
      tell (&hand, FRAM_STUN_SUCCESS, FALSE, 1, server_text, FRAM_SECONDS (1)));
  g_assert_cmpint (fram_nat_lifetime_deadline (hand.lifetime), ==, FRAM_SECONDS (6));

  /* A second answer, late: the mapping has been used. */
  g_assert_false (
      tell (&hand, FRAM_STUN_SUCCESS, FALSE, 1, server_text, FRAM_SECONDS (3)));
  g_assert_cmpint (fram_nat_lifetime_deadline (hand.lifetime), ==, FRAM_SECONDS (8));
  /* What others send is no use of it that counts. */
  g_assert_false (
      tell (&hand, FRAM_STUN_SUCCESS, FALSE, 1, "203.0.113.9:1", FRAM_SECONDS (4)));
  g_assert_cmpint (fram_nat_lifetime_deadline (hand.lifetime), ==, FRAM_SECONDS (8));
  fram_nat_lifetime_free (hand.lifetime);
}

static void
test_strangers (void)
{
  FramTime now = FRAM_MILLISECONDS (100);
  FramAddress server;
  Hand hand;

  begin (&hand);
  ask (&hand, 0, now);
  fram_address_parse (&server, server_text);
  g_assert_false (fram_nat_lifetime_receive (hand.lifetime, 1, &server,
                                             (const guint8 *) "noise", 5, now));
  g_assert_false (tell (&hand, FRAM_STUN_SUCCESS, TRUE, 1, server_text, now));
  g_assert_false (tell (&hand, FRAM_STUN_SUCCESS, FALSE, 1, "203.0.113.3:3478", now));
  g_assert_false (tell (&hand, FRAM_STUN_INDICATION, FALSE, 1, server_text, now));
  /* An error comes to who asked. */
  g_assert_false (tell (&hand, FRAM_STUN_ERROR, FALSE, 1, server_text, now));
  g_assert_cmpint (fram_nat_lifetime_get_result (hand.lifetime)->state, ==,
                   FRAM_NAT_LIFETIME_MEASURING);
  g_assert_true (tell (&hand, FRAM_STUN_ERROR, FALSE, 0, server_text, now));
  g_assert_cmpint (fram_nat_lifetime_get_result (hand.lifetime)->state, ==,
                   FRAM_NAT_LIFETIME_NOT_MEASURABLE);
  fram_nat_lifetime_free (hand.lifetime);
}

/* As far as the first rest: socket 1 has its mapping, and rests for five seconds. */
static FramTime
rest (Hand *hand)
{
  FramTime now = FRAM_MILLISECONDS (100);

  begin (hand);
  ask (hand, 0, now);
  g_assert_true (tell (hand, FRAM_STUN_SUCCESS, FALSE, 1, server_text, now));
  assert_opens (hand, 1);
  assert_opens (hand, 2);
  fram_nat_lifetime_told_opened (hand->lifetime, 1, now);
  ask (hand, 1, now + FRAM_MILLISECONDS (100));
  g_assert_true (tell (hand, FRAM_STUN_SUCCESS, FALSE, 1, server_text, FRAM_SECONDS (1)));
  g_assert_cmpint (fram_nat_lifetime_deadline (hand->lifetime), ==, FRAM_SECONDS (6));
  return FRAM_SECONDS (6);
}

/* The host sleeps while a mapping rests: it is begun anew. */
static void
test_sleep_at_rest (void)
{
  Hand hand;
  FramTime due = rest (&hand);

  fram_nat_lifetime_advance (hand.lifetime, due + FRAM_SECONDS (3600));
  assert_opens (&hand, 1);
  assert_nothing_more (&hand);
  g_assert_cmpuint (fram_nat_lifetime_get_result (hand.lifetime)->n_trials, ==, 0);
  fram_nat_lifetime_free (hand.lifetime);
}

/* A timer that is a little late is none that slept. */
static void
test_late (void)
{
  Hand hand;
  FramTime due = rest (&hand) + FRAM_SECONDS (4);

  fram_nat_lifetime_advance (hand.lifetime, due);
  ask (&hand, 0, due);
  g_assert_true (tell (&hand, FRAM_STUN_SUCCESS, FALSE, 1, server_text, due + 1000));
  g_assert_cmpint (fram_nat_lifetime_get_result (hand.lifetime)->alive, >,
                   FRAM_SECONDS (8));
  fram_nat_lifetime_free (hand.lifetime);
}

/* The host sleeps while the answer is on its way: that nothing came says nothing. */
static void
test_sleep_asking (void)
{
  Hand hand;
  FramTime due = rest (&hand);

  fram_nat_lifetime_advance (hand.lifetime, due);
  ask (&hand, 0, due);
  fram_nat_lifetime_advance (hand.lifetime, due + FRAM_SECONDS (3600));
  assert_opens (&hand, 1);
  assert_nothing_more (&hand);
  /* What arrives now is late. */
  g_assert_false (
      tell (&hand, FRAM_STUN_SUCCESS, FALSE, 0, server_text, due + FRAM_SECONDS (3601)));
  g_assert_cmpuint (fram_nat_lifetime_get_result (hand.lifetime)->n_trials, ==, 0);
  fram_nat_lifetime_free (hand.lifetime);
}

static void
test_texts (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i <= FRAM_NAT_LIFETIME_UNREACHABLE; i++)
    g_assert_true (g_hash_table_add (
        seen, (gpointer) fram_nat_lifetime_state_to_text ((FramNatLifetimeState) i)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nat/lifetime-steps/first-trial", test_first_trial);
  g_test_add_func ("/nat/lifetime-steps/strangers", test_strangers);
  g_test_add_func ("/nat/lifetime-steps/sleep-at-rest", test_sleep_at_rest);
  g_test_add_func ("/nat/lifetime-steps/late", test_late);
  g_test_add_func ("/nat/lifetime-steps/sleep-asking", test_sleep_asking);
  g_test_add_func ("/nat/lifetime-steps/texts", test_texts);
  return g_test_run ();
}
