/* Keys, user hashes, prepared texts, the nonce cookie, and challenges honest and forged. */
#include "stun/credential.h"

#include "stun-fixture.h"
#include "stun-vectors.h"

#include <string.h>

#define BOTH_BITS "obMatJos2wAAA"
#define ALGORITHMS_BIT "obMatJos2gAAA"
#define ANONYMITY_BIT "obMatJos2QAAA"
#define NO_BITS "obMatJos2AAAA"

static void
assert_same_key (const FramHmacKey *a, const FramHmacKey *b)
{
  guint8 one[FRAM_SHA1_SIZE], two[FRAM_SHA1_SIZE];

  fram_hmac_sha1 (a, (FramBytes){ (const guint8 *) "x", 1 }, (FramBytes){ NULL, 0 }, one);
  fram_hmac_sha1 (b, (FramBytes){ (const guint8 *) "x", 1 }, (FramBytes){ NULL, 0 }, two);
  g_assert_cmpmem (one, sizeof one, two, sizeof two);
}

/* RFC 8489 §9.2.2 prints the MD5 of "user:realm:pass". */
static void
test_long_term_key (void)
{
  static const guint8 md5[] = { 0x84, 0x93, 0xfb, 0xc5, 0x3b, 0xa5, 0x82, 0xfb,
                                0x4c, 0x04, 0x4c, 0x45, 0x6b, 0xdc, 0x40, 0xeb };
  guint8 sha256[FRAM_SHA256_SIZE];
  FramHmacKey key, expected;

  fram_hmac_key_init (&expected, md5, sizeof md5);
  fram_stun_key_long_term (&key, FRAM_STUN_PASSWORD_MD5, "user", "realm", "pass");
  assert_same_key (&key, &expected);
  /* The quotes of a quoted realm do not count; one quote alone is a character. */
  fram_stun_key_long_term (&key, FRAM_STUN_PASSWORD_MD5, "\"user\"", "\"realm\"", "pass");
  assert_same_key (&key, &expected);

  fram_sha256 ((const guint8 *) "\":realm\":pass", 13, sha256);
  fram_hmac_key_init (&expected, sha256, sizeof sha256);
  fram_stun_key_long_term (&key, FRAM_STUN_PASSWORD_SHA256, "\"", "realm\"", "pass");
  assert_same_key (&key, &expected);
  fram_sha256 ((const guint8 *) "\"user:\"realm:\"pass\"", 19, sha256);
  fram_hmac_key_init (&expected, sha256, sizeof sha256);
  fram_stun_key_long_term (&key, FRAM_STUN_PASSWORD_SHA256, "\"user", "\"realm",
                           "\"pass\"");
  assert_same_key (&key, &expected);
}

static void
test_short_term_key (void)
{
  FramHmacKey key, expected;

  fram_hmac_key_init (&expected, (const guint8 *) "pass", 4);
  fram_stun_key_short_term (&key, "pass");
  assert_same_key (&key, &expected);
}

typedef struct
{
  const char *from;
  const char *to; /* NULL: refused */
} Preparation;

static void
test_prepare (void)
{
  static const Preparation rows[] = {
    { VECTOR_RAW_PASSWORD, VECTOR_PASSWORD },
    { VECTOR_USERNAME, VECTOR_USERNAME },
    /* RFC 4013 §3 */
    { "I\u00adX", "IX" },
    { "user", "user" },
    { "USER", "USER" },
    { "\u00aa", "a" },
    { "\u2168", "IX" },
    { "\a", NULL },
    { "\u0627"
      "1",
      NULL },
    /* Spaces, and what is mapped to nothing. */
    { "a\u00a0b\u3000c\u2003d", "a b c d" },
    { "a\u200cb\ufeffc\ufe0fd", "abcd" },
    { "a b", "a b" },
    /* Composed: e and its accent are one character, as in a text typed on another system. */
    { "e\u0301", "\u00e9" },
    { "\uff21\uff22", "AB" },
    { "\u1e9b\u0323", "\u1e69" },
    /* Prohibited: controls, private use, non-characters, tags, ill-formed UTF-8. */
    { "a\tb", NULL },
    { "a\x7f", NULL },
    { "a\xc2\x85", NULL },
    { "\ue000", NULL },
    { "\U000f0000", NULL },
    { "\ufdd0", NULL },
    { "\U0001fffe", NULL },
    { "\ufffd", NULL },
    { "\u2ff0", NULL },
    { "\u200e", NULL },
    { "\U000e0041", NULL },
    { "\xff", NULL },
    { "\xc0\x80", NULL },
    { "\xed\xa0\x80", NULL },
    { "a\xe2\x82", NULL },
    /* Nothing is left. */
    { "", NULL },
    { "\u00ad", NULL },
    /* Directions: right-to-left from end to end, with marks and digits in between. */
    { "\u05d0\u05d1", "\u05d0\u05d1" },
    { "\u0627"
      "1\u0628",
      "\u0627"
      "1\u0628" },
    { "\u05d0a\u05d1", NULL },
    { "a\u05d0", NULL },
    { "\u05d0 !", NULL },
    { "1\u05d0", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *prepared = fram_stun_prepare_text (rows[i].from);

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpstr (prepared, ==, rows[i].to);
    }
}

/* What was prepared once is left alone. */
static void
test_prepare_is_stable (void)
{
  for (gunichar c = 1; c < 0x30000; c++)
    {
      g_autofree char *once = NULL, *twice = NULL;
      char text[8] = { 0 };

      if (!g_unichar_validate (c))
        continue;
      g_unichar_to_utf8 (c, text);
      once = fram_stun_prepare_text (text);
      if (once == NULL)
        continue;
      twice = fram_stun_prepare_text (once);
      g_assert_cmpstr (twice, ==, once);
    }
}

static void
test_nonce_cookie (void)
{
  static const struct
  {
    const char *nonce;
    guint features;
  } rows[] = {
    { "", 0 },
    { VECTOR_NONCE, 0 },
    { VECTOR_B1_NONCE, FRAM_STUN_NONCE_COOKIE },
    { NO_BITS, FRAM_STUN_NONCE_COOKIE },
    { ALGORITHMS_BIT "x", FRAM_STUN_NONCE_COOKIE | FRAM_STUN_NONCE_PASSWORD_ALGORITHMS },
    { ANONYMITY_BIT "x", FRAM_STUN_NONCE_COOKIE | FRAM_STUN_NONCE_USERNAME_ANONYMITY },
    { BOTH_BITS, FRAM_STUN_NONCE_COOKIE | FRAM_STUN_NONCE_PASSWORD_ALGORITHMS
                     | FRAM_STUN_NONCE_USERNAME_ANONYMITY },
    /* Bits that mean nothing yet. */
    { "obMatJos2P///", FRAM_STUN_NONCE_COOKIE },
    { "obMatJos2+/09", FRAM_STUN_NONCE_COOKIE | FRAM_STUN_NONCE_PASSWORD_ALGORITHMS
                           | FRAM_STUN_NONCE_USERNAME_ANONYMITY },
    { "obMatJos2wAA", 0 },
    { "obMatJos2wAA=", 0 },
    { "obMatJos2wA-A", 0 },
    { "obMatJos2\xff\xff\xff\xff", 0 },
    { "obmatjos2wAAA", 0 },
    { "xobMatJos2wAAA", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize length = strlen (rows[i].nonce);
      g_autofree char *exact = g_memdup2 (rows[i].nonce, length);
      g_autofree char *shown = g_strescape (rows[i].nonce, NULL);

      g_test_message ("%s", shown);
      g_assert_cmpuint (fram_stun_nonce_features (exact, length), ==, rows[i].features);
    }
}

typedef struct
{
  const char *realm;
  const char *nonce;
  const guint16 *list; /* pairs of algorithm and length of its parameters, as written */
  gsize list_length;
  FramStunChallengeResult result;
  FramStunPasswordAlgorithm algorithm;
} Challenge;

static FramStunChallengeResult
read_challenge (StunFixture *f, const Challenge *row, FramStunChallenge *ret_challenge)
{
  stun_fixture_begin (f, FRAM_STUN_ERROR, FRAM_STUN_ALLOCATE);
  fram_stun_builder_add_error (&f->builder, FRAM_STUN_ERROR_UNAUTHENTICATED, NULL);
  if (row->realm != NULL)
    fram_stun_builder_add_text (&f->builder, FRAM_STUN_ATTR_REALM, row->realm);
  if (row->nonce != NULL)
    fram_stun_builder_add_text (&f->builder, FRAM_STUN_ATTR_NONCE, row->nonce);
  if (row->list != NULL)
    {
      /* UNKNOWN-ATTRIBUTES is a list of 16-bit numbers too: borrow its encoding. */
      gsize at = f->builder.length;

      fram_stun_builder_add_unknown (&f->builder, row->list, row->list_length);
      f->bytes[at] = FRAM_STUN_ATTR_PASSWORD_ALGORITHMS >> 8;
      f->bytes[at + 1] = FRAM_STUN_ATTR_PASSWORD_ALGORITHMS & 0xff;
    }
  stun_fixture_end (f);
  return fram_stun_challenge_read (&f->message, ret_challenge);
}

static const guint16 md5_only[] = { 1, 0 };
static const guint16 sha256_only[] = { 2, 0 };
static const guint16 sha256_first[] = { 2, 0, 1, 0 };
static const guint16 md5_first[] = { 1, 0, 2, 0 };
static const guint16 unknown_first[] = { 7, 5, 0x0101, 0x0101, 0x0100, 0, 2, 0 };
static const guint16 unknown_only[] = { 7, 0 };
static const guint16 odd_parameters[] = { 2, 4, 0, 0, 1, 0 };
static const guint16 beyond_end[] = { 7, 0xffff, 2, 0 };
static const guint16 cut[] = { 2 };

#define LIST(name) name, G_N_ELEMENTS (name)

static const Challenge challenges[] = {
  { "r", "n", NULL, 0, FRAM_STUN_CHALLENGE_OK, FRAM_STUN_PASSWORD_MD5 },
  { "r", NO_BITS, NULL, 0, FRAM_STUN_CHALLENGE_OK, FRAM_STUN_PASSWORD_MD5 },
  { "r", ANONYMITY_BIT, NULL, 0, FRAM_STUN_CHALLENGE_OK, FRAM_STUN_PASSWORD_MD5 },
  { NULL, "n", NULL, 0, FRAM_STUN_CHALLENGE_INCOMPLETE, 0 },
  { "r", NULL, NULL, 0, FRAM_STUN_CHALLENGE_INCOMPLETE, 0 },
  /* The list was taken away, or the nonce's word of it. */
  { "r", ALGORITHMS_BIT, NULL, 0, FRAM_STUN_CHALLENGE_BID_DOWN, 0 },
  { "r", BOTH_BITS, NULL, 0, FRAM_STUN_CHALLENGE_BID_DOWN, 0 },
  { "r", "n", LIST (sha256_only), FRAM_STUN_CHALLENGE_BID_DOWN, 0 },
  { "r", NO_BITS, LIST (md5_only), FRAM_STUN_CHALLENGE_BID_DOWN, 0 },
  /* The first of the list that is known. */
  { "r", BOTH_BITS, LIST (md5_only), FRAM_STUN_CHALLENGE_OK, FRAM_STUN_PASSWORD_MD5 },
  { "r", BOTH_BITS, LIST (sha256_only), FRAM_STUN_CHALLENGE_OK,
    FRAM_STUN_PASSWORD_SHA256 },
  { "r", BOTH_BITS, LIST (sha256_first), FRAM_STUN_CHALLENGE_OK,
    FRAM_STUN_PASSWORD_SHA256 },
  { "r", BOTH_BITS, LIST (md5_first), FRAM_STUN_CHALLENGE_OK, FRAM_STUN_PASSWORD_MD5 },
  { "r", BOTH_BITS, LIST (unknown_first), FRAM_STUN_CHALLENGE_OK,
    FRAM_STUN_PASSWORD_SHA256 },
  { "r", BOTH_BITS, LIST (odd_parameters), FRAM_STUN_CHALLENGE_OK,
    FRAM_STUN_PASSWORD_MD5 },
  { "r", BOTH_BITS, LIST (unknown_only), FRAM_STUN_CHALLENGE_UNSUPPORTED, 0 },
  { "r", BOTH_BITS, LIST (beyond_end), FRAM_STUN_CHALLENGE_UNSUPPORTED, 0 },
  { "r", BOTH_BITS, LIST (cut), FRAM_STUN_CHALLENGE_UNSUPPORTED, 0 },
  { "r", BOTH_BITS, cut, 0, FRAM_STUN_CHALLENGE_UNSUPPORTED, 0 },
};

static void
test_challenges (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (challenges); i++)
    {
      const Challenge *row = &challenges[i];
      g_auto (StunFixture) f = { 0 };
      FramStunChallenge challenge = { .realm = "untouched" };

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (read_challenge (&f, row, &challenge), ==, row->result);
      if (row->result != FRAM_STUN_CHALLENGE_OK)
        {
          g_assert_cmpstr (challenge.realm, ==, "untouched");
          continue;
        }
      g_assert_cmpint (challenge.algorithm, ==, row->algorithm);
      g_assert_cmpmem (challenge.realm, challenge.realm_length, row->realm, 1);
      g_assert_cmpmem (challenge.nonce, challenge.nonce_length, row->nonce,
                       strlen (row->nonce));
      g_assert_cmpint (challenge.use_sha256, ==, row->list != NULL);
      g_assert_cmpuint (challenge.algorithms_length, ==, row->list_length * 2);
      g_assert_cmpint (challenge.algorithms != NULL, ==, row->list != NULL);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stun/credential/long-term-key", test_long_term_key);
  g_test_add_func ("/stun/credential/short-term-key", test_short_term_key);
  g_test_add_func ("/stun/credential/prepare", test_prepare);
  g_test_add_func ("/stun/credential/prepare-is-stable", test_prepare_is_stable);
  g_test_add_func ("/stun/credential/nonce-cookie", test_nonce_cookie);
  g_test_add_func ("/stun/credential/challenges", test_challenges);
  return g_test_run ();
}
