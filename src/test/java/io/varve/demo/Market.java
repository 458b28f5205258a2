package io.varve.demo;

import java.util.List;
import java.util.random.RandomGenerator;

/** What a shop needs to say in one language; all texts are made of these words. */
record Market(
    String locale,
    List<String> givenNames,
    List<String> familyNames,
    List<String> cities,
    List<String> qualities,
    List<String> goods,
    List<String> sentences) {

  static final List<Market> ALL =
      List.of(
          new Market(
              "en",
              List.of("Ada", "Grace", "Alan", "Edsger", "Barbara", "Zoë"),
              List.of("Lovelace", "Hopper", "O'Brien", "Smith-Jones", "Turing"),
              List.of("London", "Leeds", "Dublin", "Glasgow"),
              List.of("quiet", "sturdy", "blue", "folding"),
              List.of("kettle", "lamp", "chair", "notebook"),
              List.of("Works as it should.", "Fast delivery, thank you! 🚚", "My cat loves it 😺")),
          new Market(
              "es",
              List.of("María", "José", "Íñigo", "Ángela"),
              List.of("Muñoz", "Núñez", "García Márquez", "Peña"),
              List.of("Málaga", "A Coruña", "Ciudad de México"),
              List.of("rápido", "pequeño", "cálido"),
              List.of("abanico", "tetera", "sillón", "añil"),
              List.of("¡Qué maravilla!", "Llegó mañana, ¿no?", "Muy cómodo 👍🏽")),
          new Market(
              "el",
              List.of("Ελένη", "Γιώργος", "Δήμητρα"),
              List.of("Παπαδόπουλος", "Νικολάου", "Θεοδωράκης"),
              List.of("Αθήνα", "Θεσσαλονίκη", "Ηράκλειο"),
              List.of("ωραίος", "ελαφρύς", "μπλε"),
              List.of("καθρέφτης", "φάρος", "βιβλίο"),
              List.of("Πολύ καλή ποιότητα.", "Έφτασε γρήγορα! ⛵", "Ευχαριστώ")),
          new Market(
              "ru",
              List.of("Анна", "Фёдор", "Юлия", "Пётр"),
              List.of("Щукина", "Достоевский", "Королёв"),
              List.of("Йошкар-Ола", "Казань", "Орёл"),
              List.of("тёплый", "лёгкий", "синий"),
              List.of("чайник", "самовар", "шарф"),
              List.of("Всё пришло целым.", "Отличный подарок 🎁", "Ещё закажу!")),
          new Market(
              "ar",
              List.of("فاطمة", "يوسف", "ليلى"),
              List.of("الخوارزمي", "ابن سينا", "حدّاد"),
              List.of("القاهرة", "الدار البيضاء", "عمّان"),
              List.of("جميل", "خفيف", "أزرق"),
              List.of("مصباح", "كتاب", "إبريق"),
              List.of("جودة ممتازة.", "وصل بسرعة 🌙", "شكرًا جزيلًا")),
          new Market(
              "he",
              List.of("נועה", "יוסי", "תמר"),
              List.of("כהן", "לוי", "בן־דוד"),
              List.of("תל אביב־יפו", "חיפה", "ירושלים"),
              List.of("יפה", "קל", "כחול"),
              List.of("מנורה", "כיסא", "מחברת"),
              List.of("מוצר מצוין.", "הגיע מהר ✡️", "שווה כל שקל ₪")),
          new Market(
              "hi",
              List.of("आर्या", "कृष्ण", "लक्ष्मी"),
              List.of("श्रीवास्तव", "शर्मा", "चट्टोपाध्याय"),
              List.of("मुंबई", "वाराणसी", "दिल्ली"),
              List.of("सुंदर", "हल्का", "नीला"),
              List.of("दीपक", "पुस्तक", "चायदानी"),
              List.of("बहुत बढ़िया।", "जल्दी पहुँचा 🪔", "धन्यवाद")),
          new Market(
              "th",
              List.of("สมชาย", "กัลยา", "ณัฐพล"),
              List.of("ศรีสุวรรณ", "ทองดี", "วงศ์สวัสดิ์"),
              List.of("กรุงเทพฯ", "เชียงใหม่", "ภูเก็ต"),
              List.of("สวยงาม", "เบา", "สีน้ำเงิน"),
              List.of("โคมไฟ", "สมุด", "กาน้ำชา"),
              List.of("ดีมากครับ", "ส่งเร็วมาก 🐘", "ขอบคุณค่ะ")),
          new Market(
              "zh",
              List.of("伟", "秀英", "小龙", "𠮷祥"),
              List.of("王", "欧阳", "司马", "李"),
              List.of("北京", "上海", "乌鲁木齐"),
              List.of("漂亮的", "轻便的", "蓝色的"),
              List.of("茶壶", "台灯", "笔记本"),
              List.of("质量很好。", "发货很快 🐼", "值得购买！")),
          new Market(
              "ja",
              List.of("さくら", "健太", "ヒカリ"),
              List.of("佐藤", "髙橋", "渡邉"),
              List.of("東京", "札幌", "那覇"),
              List.of("静かな", "軽い", "青い"),
              List.of("急須", "ランプ", "手帳"),
              List.of("とても良いです。", "早く届きました 🍣", "また買います！")),
          new Market(
              "ko",
              List.of("서연", "민준", "하늘"),
              List.of("김", "이", "남궁"),
              List.of("서울", "부산", "제주"),
              List.of("예쁜", "가벼운", "푸른"),
              List.of("주전자", "등불", "공책"),
              List.of("정말 좋아요.", "배송이 빨라요 🐯", "감사합니다")));

  String productName(RandomGenerator random) {
    return one(qualities, random) + " " + one(goods, random);
  }

  String prose(RandomGenerator random, int sentenceCount) {
    StringBuilder prose = new StringBuilder();
    for (int i = 0; i < sentenceCount; i++) {
      prose.append(i == 0 ? "" : i % 3 == 0 ? "\n" : " ").append(one(sentences, random));
    }
    return prose.toString();
  }

  static <T> T one(List<T> choices, RandomGenerator random) {
    return choices.get(random.nextInt(choices.size()));
  }
}
