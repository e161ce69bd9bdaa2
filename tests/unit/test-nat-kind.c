/* The names of NATs, and what is said about calls, held against NATs that are tried out. */
#include "../simulation/dice.h"
#include "../simulation/nat.h"
#include "nat/kind.h"

static const FramNatDependence dependences[] = {
  [SIM_DEPENDS_ON_NOTHING] = FRAM_NAT_ENDPOINT_INDEPENDENT,
  [SIM_DEPENDS_ON_ADDRESS] = FRAM_NAT_ADDRESS_DEPENDENT,
  [SIM_DEPENDS_ON_ADDRESS_AND_PORT] = FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT,
};

/* A side of a call: a socket behind a NAT. */
typedef struct
{
  SimNat *nat;
  FramAddress local, shown;
  GArray *told; /* FramAddress: where the other side may be */
} Side;

static void
tell (Side *side, const FramAddress *address)
{
  for (guint i = 0; i < side->told->len; i++)
    if (fram_address_equal (&g_array_index (side->told, FramAddress, i), address))
      return;
  g_array_append_val (side->told, *address);
}

static void
side_init (Side *side, guint kind, const char *external, SimDice *dice)
{
  SimNatKind nat = { .mapping = (SimDependence) (kind % 3),
                     .filtering = (SimDependence) (kind / 3),
                     .lifetime = FRAM_SECONDS (60) };
  FramAddress address, server;

  fram_address_parse (&address, external);
  fram_address_parse (&server, "203.0.113.2:3478");
  fram_address_parse (&side->local, "192.168.1.2:5000");
  side->nat = sim_nat_new (&nat, &address, dice);
  side->told = g_array_new (FALSE, FALSE, sizeof (FramAddress));
  side->shown = side->local;
  sim_nat_outbound (side->nat, &side->shown, &server, 0);
}

static void
side_clear (Side *side)
{
  sim_nat_free (side->nat);
  g_array_unref (side->told);
}

/* Return: whether it arrives; `ret_source` is what the receiver sees. */
static gboolean
carry (Side *from, Side *to, const FramAddress *destination, FramAddress *ret_source)
{
  FramAddress target = *destination;

  *ret_source = from->local;
  sim_nat_outbound (from->nat, ret_source, destination, 0);
  return sim_nat_inbound (to->nat, ret_source, &target, 0)
         && fram_address_equal (&target, &to->local);
}

/* Asks all addresses. Return: whether one of them answered, from where it was asked. */
static gboolean
ask (Side *from, Side *to)
{
  gboolean found = FALSE;

  for (guint i = 0, n = from->told->len; i < n; i++)
    {
      FramAddress target = g_array_index (from->told, FramAddress, i), source, answer;

      if (!carry (from, to, &target, &source))
        continue;
      tell (to, &source);
      found
          |= carry (to, from, &source, &answer) && fram_address_equal (&answer, &target);
    }
  return found;
}

static gboolean
connects (guint one_kind, guint other_kind)
{
  gboolean found = FALSE;
  Side one, other;
  SimDice dice;

  sim_dice_init (&dice, one_kind * 9 + other_kind);
  side_init (&one, one_kind, "192.0.2.1:0", &dice);
  side_init (&other, other_kind, "198.51.100.1:0", &dice);
  tell (&one, &other.shown);
  tell (&other, &one.shown);
  for (guint round = 0; round < 6; round++)
    found |= ask (&one, &other) | ask (&other, &one);
  side_clear (&one);
  side_clear (&other);
  return found;
}

static FramNatBehaviour
behaviour_of (guint kind, const char *mapped)
{
  FramNatBehaviour behaviour = { .server_answers = FRAM_NAT_YES,
                                 .translated = FRAM_NAT_YES,
                                 .mapping = dependences[kind % 3],
                                 .filtering = dependences[kind / 3] };

  fram_address_parse (&behaviour.mapped, mapped);
  return behaviour;
}

/* What is called direct is direct; what needs a relay needs one, but for the mildest NATs
 * with mappings that cannot be foreseen. */
static void
test_calls (void)
{
  guint n_exceptions = 0;

  for (guint i = 0; i < 9; i++)
    for (guint j = 0; j < 9; j++)
      {
        FramNatBehaviour one = behaviour_of (i, "192.0.2.1:40000");
        FramNatBehaviour other = behaviour_of (j, "198.51.100.1:40000");
        FramNatExpectation expected = fram_nat_expect_call (&one, &other);
        gboolean mild = i % 3 != 0 && j % 3 != 0;

        g_assert_cmpint (expected, ==, fram_nat_expect_call (&other, &one));
        if (mild && connects (i, j))
          n_exceptions++;
        else
          g_assert_cmpint (expected, ==,
                           connects (i, j) ? FRAM_NAT_EXPECT_DIRECT
                                           : FRAM_NAT_EXPECT_RELAY);
      }
  g_test_message ("%u of 81 pairs connect though a relay was expected", n_exceptions);
  g_assert_cmpuint (n_exceptions, ==, 9);
}

/* What is said of calls with anybody is what holds for all whom it speaks of. */
static void
test_anyone (void)
{
  for (guint i = 0; i < 9; i++)
    {
      FramNatBehaviour one = behaviour_of (i, "192.0.2.1:40000");
      FramNatExpectation anyone = fram_nat_expect_anyone (&one);

      for (guint j = 0; j < 9; j++)
        {
          FramNatBehaviour other = behaviour_of (j, "198.51.100.1:40000");
          gboolean symmetric = other.mapping != FRAM_NAT_ENDPOINT_INDEPENDENT;
          gboolean strict = other.filtering == FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT;
          gboolean direct = fram_nat_expect_call (&one, &other) == FRAM_NAT_EXPECT_DIRECT;

          if (anyone == FRAM_NAT_EXPECT_DIRECT)
            g_assert_true (direct);
          else if (anyone == FRAM_NAT_EXPECT_UNLESS_SYMMETRIC)
            g_assert_true (direct == !symmetric);
          else if (anyone == FRAM_NAT_EXPECT_IF_OPEN)
            g_assert_true (direct == (!symmetric && !strict));
          else
            g_assert_not_reached ();
        }
    }
}

static void
test_unknown_calls (void)
{
  FramNatBehaviour nothing = { .rtt = -1 }, blocked = nothing, cone, strict, symmetric;

  blocked.server_answers = FRAM_NAT_NO;
  cone = behaviour_of (0, "192.0.2.1:1");
  strict = behaviour_of (6, "192.0.2.1:1");
  symmetric = behaviour_of (8, "198.51.100.1:1");
  g_assert_cmpint (fram_nat_expect_anyone (&nothing), ==, FRAM_NAT_EXPECT_UNKNOWN);
  g_assert_cmpint (fram_nat_expect_anyone (&blocked), ==, FRAM_NAT_EXPECT_RELAY);
  g_assert_cmpint (fram_nat_expect_call (&nothing, &cone), ==, FRAM_NAT_EXPECT_UNKNOWN);
  g_assert_cmpint (fram_nat_expect_call (&nothing, &blocked), ==, FRAM_NAT_EXPECT_RELAY);
  g_assert_cmpint (fram_nat_expect_call (&cone, &blocked), ==, FRAM_NAT_EXPECT_RELAY);

  /* The filter decides against a symmetric NAT, and is not known. */
  strict.filtering = FRAM_NAT_DEPENDENCE_UNKNOWN;
  g_assert_cmpint (fram_nat_expect_call (&strict, &symmetric), ==,
                   FRAM_NAT_EXPECT_UNKNOWN);
  g_assert_cmpint (fram_nat_expect_anyone (&strict), ==,
                   FRAM_NAT_EXPECT_UNLESS_SYMMETRIC);

  /* Behind one NAT it takes a hairpin, or one network. */
  g_assert_cmpint (fram_nat_expect_call (&cone, &cone), ==, FRAM_NAT_EXPECT_UNKNOWN);
  cone.hairpin = FRAM_NAT_YES;
  g_assert_cmpint (fram_nat_expect_call (&cone, &cone), ==, FRAM_NAT_EXPECT_DIRECT);
}

static void
test_kinds (void)
{
  static const FramNatKind translated[3][3] = {
    { FRAM_NAT_KIND_FULL_CONE, FRAM_NAT_KIND_RESTRICTED_CONE,
      FRAM_NAT_KIND_PORT_RESTRICTED_CONE },
    { FRAM_NAT_KIND_SYMMETRIC, FRAM_NAT_KIND_SYMMETRIC, FRAM_NAT_KIND_SYMMETRIC },
    { FRAM_NAT_KIND_SYMMETRIC, FRAM_NAT_KIND_SYMMETRIC, FRAM_NAT_KIND_SYMMETRIC },
  };
  FramNatBehaviour behaviour = { .rtt = -1 };

  g_assert_cmpint (fram_nat_behaviour_get_kind (&behaviour), ==, FRAM_NAT_KIND_UNKNOWN);
  for (guint i = 0; i < 9; i++)
    {
      behaviour = behaviour_of (i, "192.0.2.1:1");
      g_assert_cmpint (fram_nat_behaviour_get_kind (&behaviour), ==,
                       translated[i % 3][i / 3]);
      behaviour.translated = FRAM_NAT_NO;
      g_assert_cmpint (fram_nat_behaviour_get_kind (&behaviour), ==,
                       i / 3 == 0 ? FRAM_NAT_KIND_OPEN : FRAM_NAT_KIND_FIREWALL);
      behaviour.filtering = FRAM_NAT_DEPENDENCE_UNKNOWN;
      g_assert_cmpint (fram_nat_behaviour_get_kind (&behaviour), ==,
                       FRAM_NAT_KIND_UNTRANSLATED);
    }
  behaviour.translated = FRAM_NAT_YES;
  behaviour.mapping = FRAM_NAT_ENDPOINT_INDEPENDENT;
  g_assert_cmpint (fram_nat_behaviour_get_kind (&behaviour), ==, FRAM_NAT_KIND_CONE);
  behaviour.mapping = FRAM_NAT_DEPENDENT;
  g_assert_cmpint (fram_nat_behaviour_get_kind (&behaviour), ==, FRAM_NAT_KIND_SYMMETRIC);
  behaviour.mapping = FRAM_NAT_DEPENDENCE_UNKNOWN;
  g_assert_cmpint (fram_nat_behaviour_get_kind (&behaviour), ==, FRAM_NAT_KIND_UNKNOWN);
  behaviour.server_answers = FRAM_NAT_NO;
  g_assert_cmpint (fram_nat_behaviour_get_kind (&behaviour), ==, FRAM_NAT_KIND_BLOCKED);
  behaviour.second_answers = FRAM_NAT_YES;
  g_assert_cmpint (fram_nat_behaviour_get_kind (&behaviour), ==, FRAM_NAT_KIND_UNKNOWN);
}

static void
assert_new (GHashTable *seen, const char *text)
{
  g_assert_nonnull (text);
  g_assert_cmpstr (text, !=, "");
  g_assert_true (g_hash_table_add (seen, (gpointer) text));
}

/* Everything has a text, and no two have the same. */
static void
test_texts (void)
{
  for (guint list = 0; list < 6; list++)
    {
      g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

      for (guint i = 0; list == 0 && i <= FRAM_NAT_YES; i++)
        assert_new (seen, fram_nat_answer_to_text ((FramNatAnswer) i));
      for (guint i = 0; list == 1 && i <= FRAM_NAT_DEPENDENT; i++)
        assert_new (seen, fram_nat_dependence_to_text ((FramNatDependence) i));
      for (guint i = 0; list == 2 && i <= FRAM_NAT_KIND_SYMMETRIC; i++)
        assert_new (seen, fram_nat_kind_to_word ((FramNatKind) i));
      for (guint i = 0; list == 3 && i <= FRAM_NAT_KIND_SYMMETRIC; i++)
        assert_new (seen, fram_nat_kind_to_name ((FramNatKind) i));
      for (guint i = 0; list == 4 && i <= FRAM_NAT_EXPECT_RELAY; i++)
        assert_new (seen, fram_nat_expectation_to_word ((FramNatExpectation) i));
      for (guint i = 0; list == 5 && i <= FRAM_NAT_EXPECT_RELAY; i++)
        assert_new (seen, fram_nat_expectation_to_sentence ((FramNatExpectation) i));
    }
  g_assert_cmpstr (fram_nat_dependence_to_text (FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT), ==,
                   "address and port-dependent");
  g_assert_cmpstr (fram_nat_kind_to_name (FRAM_NAT_KIND_PORT_RESTRICTED_CONE), ==,
                   "port-restricted cone NAT");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nat/kind/calls", test_calls);
  g_test_add_func ("/nat/kind/anyone", test_anyone);
  g_test_add_func ("/nat/kind/unknown-calls", test_unknown_calls);
  g_test_add_func ("/nat/kind/kinds", test_kinds);
  g_test_add_func ("/nat/kind/texts", test_texts);
  return g_test_run ();
}
