package org.pg2sink.sinks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of schemas and tables as parts of the names of topics and objects. */
class PlainNameTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "orders, orders",
                "Order_Items-2, Order_Items-2",
                "a.b, a_u002eb",
                ".., _u002e_u002e",
                "a/b, a_u002fb",
                "50%, 50_u0025",
                "{table}, _u007btable_u007d",
                "a+b&c=d?e#f, a_u002bb_u0026c_u003dd_u003fe_u0023f",
                "订单, _u8ba2_u5355",
                "\uD83D\uDE00, _ud83d_ude00",
                "_ud83d_ude00, _u005fud83d_u005fude00",
                "_u002e, _u005fu002e",
                "``, _u0000",
                "_u0000, _u005fu0000"
            })
    void everyOtherCharacterIsEscaped(String name, String plain) {
        assertThat(PlainName.of(name)).isEqualTo(plain);
    }

    @Test
    void noTwoNamesBecomeTheSame() {
        List<String> parts = List.of(
                "\uD83D\uDE00",
                "\uD83D\uDE01",
                "\uD83E\uDD16",
                "_ud83d",
                "_ude00",
                "u002e",
                "_",
                ".",
                "é",
                "e\u0301",
                "E");
        List<String> names = parts.stream()
                .flatMap(
                        first -> parts.stream().flatMap(second -> parts.stream().map(third -> first + second + third)))
                .distinct()
                .toList();

        assertThat(names.stream().map(PlainName::of)).doesNotHaveDuplicates().allMatch(name -> name.matches("[\\w-]+"));
    }

    @Test
    void noLocaleChangesAName() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            assertThat(PlainName.of("I i.")).isEqualTo("I_u0020i_u002e");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void aNameThatIsTooLongEndsInAHashOfTheWhole() {
        String name = "x".repeat(300);

        assertThat(PlainName.atMost(249, name)).hasSize(249).isNotEqualTo(PlainName.atMost(249, name + "y"));
        assertThat(PlainName.atMost(300, name)).isEqualTo(name);
    }
}
