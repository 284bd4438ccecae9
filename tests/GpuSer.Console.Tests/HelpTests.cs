namespace GpuSer.Console.Tests;

public class HelpTests
{
    [Theory]
    [InlineData("demo", "--out --no-progress --json")]
    [InlineData("train", "--data --epochs --batch --lr --cutmix-alpha --seed --limit --width-divisor --device --out --no-progress --json --weights --test-speakers --max-seconds --threads --dataset --split --folds --fold --split-file --resume --lr-schedule --clip-norm --patience --freeze-features --no-augment --checkpoint-minutes --model --no-padding --order --tensorboard --dry-run --config --set --print-config --quiet")]
    [InlineData("ablate", "--data --dataset --out --resume --models --seeds --epochs --limit --width-divisor --split --device --csv --json --no-progress")]
    [InlineData("order", "--data --dataset --out --short-list --seeds --epochs --limit --width-divisor --split --device --json --no-progress")]
    [InlineData("evaluate", "--run --data --dataset --all --limit --device --json --no-progress")]
    [InlineData("predict", "--run --weights --window --hop --device --no-progress --json")]
    [InlineData("report", "--out --data --no-audio --json")]
    [InlineData("features", "--out --stages --png --no-trim --device --stft --filter-bank --threads --no-progress --json")]
    [InlineData("bench", "--data --threads --seconds --device --peer --python --json")]
    [InlineData("bench step", "--batch --frames --width-divisor --threads --steps --peer --python --no-progress --json")]
    [InlineData("kernels", "--shape --device --json")]
    [InlineData("data check", "--dataset --threads --no-progress --json")]
    [InlineData("data get", "--out --url --sha256 --no-progress --json")]
    [InlineData("verify", "golden --shape --device --stft --filter-bank --json --no-progress")]
    [InlineData("weights get", "--out --url --json --no-progress vgg16_bn|vgg16")]
    [InlineData("weights inspect", "--json")]
    [InlineData("weights convert", "--out --json")]
    [InlineData("doctor", "--device --json --no-progress auto|cpu|cuda|emulated")]
    [InlineData("env", "--json")]
    [InlineData("completion", "<bash|fish|zsh> source")]
    public void EveryOptionIsInTheHelp(string command, string options)
    {
        ConsoleRun help = ConsoleRun.Of([.. command.Split(' '), "--help"]);
        Assert.Equal(ExitCode.Success, help.ExitCode);
        Assert.Empty(help.Error);
        foreach (string option in options.Split(' '))
        {
            Assert.Contains(option, help.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TheListNamesEveryCommand()
    {
        string help = ConsoleRun.Of("--help").Out;
        foreach (string command in (string[])["demo", "train", "evaluate", "predict", "report", "features", "bench", "kernels", "verify", "data", "weights", "ablate", "order", "doctor", "env", "completion"])
        {
            Assert.Contains(command, help, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TheWayToTheHelpNamesTheWholeCommand() =>
        Assert.Contains("see gpuser weights inspect --help", ConsoleRun.Of("weights", "inspect").Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("trian")]
    [InlineData("train")]
    [InlineData("train --data x --epochs many")]
    [InlineData("features --out x")]
    [InlineData("report")]
    [InlineData("predict a.wav")]
    [InlineData("predict a.wav --run r --weights w")]
    [InlineData("train --data x --device gpu")]
    [InlineData("features a.wav --out x --device emulated --stft cublas")]
    [InlineData("features a.wav --out x --device emulated --filter-bank dense")]
    [InlineData("kernels --shape 16")]
    [InlineData("kernels --shape 0x100")]
    [InlineData("kernels --shape 100000x100000")]
    [InlineData("kernels --device cpu")]
    [InlineData("kernels --device cuda --race")]
    [InlineData("verify")]
    [InlineData("verify golden --device cpu")]
    [InlineData("predict a.wav --run r --device gpu")]
    [InlineData("train --data x --model G")]
    [InlineData("train --data x --order mfcc,mel")]
    [InlineData("order")]
    [InlineData("order --data x --short-list 0")]
    [InlineData("ablate")]
    [InlineData("ablate --data x --models A,G")]
    [InlineData("ablate --data x --seeds 0")]
    [InlineData("ablate --data x --seeds 1,1")]
    [InlineData("ablate --data x --seed 1")]
    [InlineData("weights inspect")]
    [InlineData("weights convert a.pth")]
    [InlineData("weights get vgg19")]
    [InlineData("weights get --url nowhere")]
    public void WrongArgumentsGetALineAndTheWayToTheHelp(string line)
    {
        ConsoleRun run = ConsoleRun.Of(line.Split(' '));
        run.AssertRefused("gpuser: ");
        Assert.Contains("--help", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }
}
