using System.CommandLine;
using System.Text;
using System.Text.Json;
using GpuSer.Console.Configuration;

namespace GpuSer.Console.Tests;

/// <summary>--config, --set and --print-config.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("train")]
    [InlineData("train --data x --epochs 3 --lr 1e-3 --test-speakers 03,08 --order tonnetz,mel,chroma,contrast,mfcc,harmonic-percussive --json")]
    [InlineData("train --data x --folds 3 --device cpu --weights a=b:c.pth")]
    [InlineData("ablate --data x --models A,F --seeds 7,")]
    [InlineData("order --data x --seeds 2 --short-list 3")]
    [InlineData("demo --out d --quiet")]
    [InlineData("features a.wav")]
    [InlineData("bench step")]
    [InlineData("kernels --shape 2x1000")]
    [InlineData("weights get --url http://localhost/w.pth")]
    public void WhatIsPrintedCanBeReadAgain(string line)
    {
        ConsoleRun printed = ConsoleRun.Of([.. line.Split(' '), "--print-config"]);
        Assert.True(printed.ExitCode == ExitCode.Success, printed.Error);
        Assert.Empty(printed.Error);
        string file = Write("printed.json", printed.Out);
        string[] command = [.. line.Split(' ').TakeWhile(word => !word.StartsWith('-') && !word.Contains('.', StringComparison.Ordinal))];

        ConsoleRun again = ConsoleRun.Of([.. command, "--config", file, "--print-config"]);

        Assert.True(again.ExitCode == ExitCode.Success, again.Error);
        Assert.Equal(printed.Out, again.Out);
    }

    [Fact]
    public void WhatIsTypedComesBeforeSetAndThatBeforeTheFile()
    {
        string file = Write("c.json", """{ "epochs": 2, "batch": 3, "seed": 4, "json": true, "patience": 5, "test-speakers": [15, "16"] }""");
        JsonElement options = JsonDocument.Parse(ConsoleRun.Of(
            "train", "--batch", "9", "--config", file, "--set", "batch=7", "--set", "seed=8", "--set", "json=false", "--set", "patience=null", "--print-config").Out).RootElement;

        Assert.Equal(2, options.GetProperty("epochs").GetInt32());
        Assert.Equal(9, options.GetProperty("batch").GetInt32());
        Assert.Equal(8, options.GetProperty("seed").GetInt32());
        Assert.False(options.GetProperty("json").GetBoolean());
        Assert.Equal(JsonValueKind.Null, options.GetProperty("patience").ValueKind);
        Assert.Equal(["15", "16"], options.GetProperty("test-speakers").EnumerateArray().Select(speaker => speaker.GetString()));
    }

    [Fact]
    public void ACommandRunsAsTheFileSays()
    {
        string tone = _folder.Tone("a.wav");
        string file = Write("c.json", $$"""{ "out": {{JsonSerializer.Serialize(_folder["images"])}}, /* a person wrote this */ "json": true, }""");

        ConsoleRun run = ConsoleRun.Of("features", "--config", file, "--", tone);

        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        Assert.Equal(_folder["images", "a"], JsonDocument.Parse(run.Out).RootElement[0].GetProperty("folder").GetString());
        Assert.True(File.Exists(_folder["images", "a", "image.npy"]));
    }

    [Fact]
    public void EverythingWrongIsToldAtOnceWithPlaceKeyValueAndTheWayOut()
    {
        string file = Write("bad.json", """
            {
              "epochs": "many",
              "epoch": 3,
              "device": "gpu",
              "dataset": 5,
              "cutmixAlpha": 0,
              "seed": 1.5,
              "json": "yes",
              "order": "mfcc,mel",
              "test-speakers": ["03", ["x"]],
              "batch": 8,
              "batch": 9,
              "out": "",
              "lr": true,
              "config": "x",
              "bell\u0007": {"a": [1, 2]}
            }
            """);
        ConsoleRun run = ConsoleRun.Of("train", "--config", file, "--set", "nothing", "--set", "folds=two");
        string[] expected =
        [
            "line 2: \"epochs\": \"many\" is no whole number", "line 3: \"epoch\" is no option of train; did you mean \"epochs\"?",
            "line 4: \"device\": \"gpu\" is none of auto, cpu, cuda, emulated", "line 5: \"dataset\": 5 is no text; put it in quotes",
            "line 6: \"cutmixAlpha\" is no option of train; did you mean \"cutmix-alpha\"?", "line 7: \"seed\": 1.5 is no whole number",
            "line 8: \"json\": \"yes\" is no flag; give true or false", "line 9: \"order\": \"mfcc,mel\" is refused: feature order",
            "line 10: \"test-speakers\": a nested value is no list", "line 12: \"batch\" is there before, in line 11", "line 13: \"out\": \"\" is empty",
            "line 14: \"lr\": true is no number", "line 15: \"config\" is no option of train; keys are options", "line 16: \"bell\\u0007\" is no option",
            "--set nothing: give key=value", "--set: \"folds\": two is no whole number",
        ];

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        string[] lines = run.Error.TrimEnd().Split('\n');
        Assert.Equal(expected.Length, lines.Length);
        Assert.All(expected.Zip(lines), pair => Assert.Contains(pair.First, pair.Second, StringComparison.Ordinal));
        Assert.All(lines[..^2], line => Assert.StartsWith($"gpuser: {file}, ", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "holds nothing")]
    [InlineData("[1]", "no object")]
    [InlineData("{\n\"epochs\": 3", "line 2: is no JSON")]
    [InlineData("{\"epochs\": 03}", "is no JSON")]
    [InlineData("{} {}", "is no JSON")]
    [InlineData("epochs: 3", "is no JSON")]
    [InlineData("{\"out\": \"\\ud800\"}", "surrogate")]
    [InlineData("{\"out\": [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}", "depth")]
    public void WhatIsNoConfigurationIsRefused(string text, string named)
    {
        string file = Write("c.json", text);
        ConsoleRun run = ConsoleRun.Of("train", "--config", file);
        run.AssertRefused(named);
        run.AssertRefused(file);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void SizeAndNumberOfKeysAreBounded()
    {
        ConsoleRun.Of("train", "--config", Write("long.json", "{" + new string(' ', ConfigurationFile.MostBytes) + "}")).AssertRefused("larger than 1 MiB");
        string keys = string.Join(',', Enumerable.Range(0, 1001).Select(i => $"\"k{i}\":1"));
        ConsoleRun.Of("train", "--config", Write("many.json", $"{{{keys}}}")).AssertRefused("more than 1,000 keys");
        ConsoleRun.Of("train", "--config", _folder["none.json"]).AssertRefused("no such file");
        ConsoleRun.Of("train", "--config", _folder.Root).AssertRefused(_folder.Root);
        string file = Write("c.json", "{}");
        ConsoleRun.Of("train", "--config", file, "--config", file).AssertRefused("--config names 2 files");
    }

    [Fact]
    public void AFileWithAByteOrderMarkIsRead() =>
        Assert.Equal("epochs", Assert.Single(ConfigurationFile.Parse("c.json", [0xEF, 0xBB, 0xBF, .. "{\"epochs\":3}"u8])).Key);

    [Fact]
    public void TruncatedAndChangedFilesGiveTypedErrorsAlone()
    {
        byte[] whole = Encoding.UTF8.GetBytes(ConsoleRun.Of("train", "--data", "é\u2028x", "--test-speakers", "1,2", "--print-config").Out);
        for (int length = 0; length < whole.Length; length++)
        {
            TryParse(whole[..length]);
        }

        Command train = CommandLine.Build(new Terminal(TextWriter.Null, TextWriter.Null, interactive: false), new CommonOptions()).Subcommands.Single(command => command.Name == "train");
        IReadOnlyList<Option> options = CommonOptions.Settable(train);

        Random random = new(1);
        for (int i = 0; i < 5000; i++)
        {
            byte[] changed = [.. whole];
            for (int change = 0; change < 3; change++)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            if (TryParse(changed) is { } settings && i % 10 == 0)
            {
                TryAll(() => OptionSettings.Arguments("train", options, settings, [], _ => false));
            }
        }
    }

    [Fact]
    public void ARunThatGoesOnTakesNoOtherOptionsOutOfAFileEither()
    {
        string file = Write("c.json", """{ "epochs": 3, "device": "cpu" }""");
        ConsoleRun.Of("train", "--resume", _folder.Root, "--config", file).AssertRefused("--epochs has nothing to say to --resume");
        ConsoleRun.Of("train", "--resume", _folder.Root, "--print-config").AssertRefused("--print-config has nothing to say to --resume");
    }

    private static IReadOnlyList<Setting>? TryParse(byte[] json) => TryAll(() => ConfigurationFile.Parse("c.json", json));

    private static T? TryAll<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (InvalidConfigurationException error)
        {
            Assert.StartsWith("c.json", error.Message, StringComparison.Ordinal);
            return null;
        }
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder[name], text);
        return _folder[name];
    }
}
