/* What is private in reports: addresses, whatever stands around them. */
#include "cli/report-mask.h"

static void
test_texts (void)
{
  static const struct
  {
    const char *text, *masked;
  } cases[] = {
    { "", "" },
    { "version 0.1.0", "version 0.1.0" },
    { "198.51.100.7", "public-ipv4-1" },
    { "198.51.100.7:3478", "public-ipv4-1:3478" },
    { "At 198.51.100.7.", "At public-ipv4-1." },
    { "198.51.100.8 host udp -> 198.51.100.7:9 srflx",
      "public-ipv4-2 host udp -> public-ipv4-1:9 srflx" },
    { "stun:198.51.100.7:3478", "stun:public-ipv4-1:3478" },
    { "192.168.1.5", "private-ipv4-1" },
    { "10.0.0.1,172.16.0.1", "private-ipv4-2,private-ipv4-3" },
    { "100.64.0.1", "private-ipv4-4" },
    { "169.254.1.1", "link-local-ipv4-1" },
    { "[2001:db8::1]:9", "[public-ipv6-1]:9" },
    { "2001:db8:0:0:0:0:0:1", "public-ipv6-1" },
    { "stuns:[2001:DB8::1]", "stuns:[public-ipv6-1]" },
    { "[fe80::1%2]:9", "[link-local-ipv6-1%2]:9" },
    { "fd00::2", "private-ipv6-1" },
    { "127.0.0.1 and ::1", "127.0.0.1 and ::1" },
    { "0.0.0.0", "0.0.0.0" },
    /* what only looks so */
    { "1.2.3.4.5", "1.2.3.4.5" },
    { "300.1.1.1", "300.1.1.1" },
    { "2026-11-28T18:17:38Z", "2026-11-28T18:17:38Z" },
    { "a:b", "a:b" },
  };
  g_autoptr (ReportMask) mask = report_mask_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *masked = report_mask_text (mask, cases[i].text);

      g_assert_cmpstr (masked, ==, cases[i].masked);
    }
}

static void
test_home (void)
{
  g_autoptr (ReportMask) mask = report_mask_new ();
  g_autofree char *text = g_strconcat ("in ", g_get_home_dir (), "/cache.db", NULL);
  g_autofree char *masked = report_mask_text (mask, text);

  g_assert_cmpstr (masked, ==, "in ~/cache.db");
}

static void
test_values (void)
{
  g_autoptr (ReportMask) mask = report_mask_new ();
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_parse (
      NULL,
      "{'label': <'call with Bob'>, 'network-name': <''>, 'n': <uint32 7>,"
      " 'rows': <[{'label': <'call with Bob'>, 'local': <'198.51.100.7:1'>,"
      " 'on': <true>}]>, 'words': <['198.51.100.7', 'x']>, 'username': <'bob'>}",
      NULL, NULL, NULL));
  g_autoptr (GVariant) masked = g_variant_ref_sink (report_mask_variant (mask, value));
  g_autoptr (GVariant) expected = g_variant_ref_sink (g_variant_parse (
      NULL,
      "{'label': <'label-1'>, 'network-name': <''>, 'n': <uint32 7>,"
      " 'rows': <[{'label': <'label-1'>, 'local': <'public-ipv4-1:1'>,"
      " 'on': <true>}]>, 'words': <['public-ipv4-1', 'x']>, 'username': <'username-1'>}",
      NULL, NULL, NULL));

  g_assert_cmpvariant (masked, expected);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/report-mask/texts", test_texts);
  g_test_add_func ("/client/report-mask/home", test_home);
  g_test_add_func ("/client/report-mask/values", test_values);
  return g_test_run ();
}
