import java.io.File;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.Map;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.RuleId;

/**
 * Checks PDFs against whole veraPDF profiles: {@code Validate ua1,2a file...}.
 *
 * <p>Lines of output are fields between tabulations. A file that was read:
 * {@code CHECKED file profile checks}; then, for each rule that it breaks,
 * {@code FAILED file profile clause-test times description}.
 * A file that could not be read: {@code UNREADABLE file profile reason}.
 */
public final class Validate {
  public static void main(String[] words) {
    Logger.getLogger("").setLevel(Level.OFF);
    VeraGreenfieldFoundryProvider.initialise();
    for (String profile : words[0].split(",")) {
      for (String file : List.of(words).subList(1, words.length)) {
        check(file, profile);
      }
    }
  }

  private static void check(String file, String profile) {
    PDFAFlavour flavour = PDFAFlavour.byFlavourId(profile);
    if (flavour == PDFAFlavour.NO_FLAVOUR) {
      throw new IllegalArgumentException("no such profile: " + profile);
    }
    try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(file), flavour);
        PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
      ValidationResult result = validator.validate(parser);
      say("CHECKED", file, profile, result.getTotalAssertions());
      for (Map.Entry<RuleId, Integer> rule : result.getFailedChecks().entrySet()) {
        RuleId id = rule.getKey();
        String text = result.getValidationProfile().getRuleByRuleId(id).getDescription();
        say("FAILED", file, profile, id.getClause() + "-" + id.getTestNumber(), rule.getValue(), text);
      }
    } catch (Exception error) {
      say("UNREADABLE", file, profile, error);
    }
  }

  private static void say(Object... fields) {
    StringBuilder line = new StringBuilder();
    for (Object field : fields) {
      line.append(line.length() == 0 ? "" : "\t").append(String.valueOf(field).replaceAll("\\s+", " "));
    }
    System.out.println(line);
  }
}
